import type { HttpClient, Sample } from './http-client.js'
import { createZipf } from './zipf.js'

export interface TrafficOptions {
  readonly client: HttpClient
  readonly url: string
  readonly posts: number
  /** Requests per second, sent at that rate whether or not the earlier ones are answered: readers do not queue up. */
  readonly perSecond: number
  readonly onSample?: (sample: Sample) => void
  readonly onError: (error: Error) => void
}

// With this exponent the 1,000 most read posts of 100,000 get 95 % of the reads.
const exponent = 1.4
const tick = 20

/**
 * Real requests through real sockets from this same process, so the times include the work of sending them: nine in ten
 * read a post, the others the popular list and the dashboard; once a second somebody renames a post.
 */
export function startTraffic({
  client,
  url,
  posts,
  perSecond,
  onSample,
  onError,
}: TrafficOptions): { stop(): void } {
  const nextPost = createZipf(posts, exponent)
  const startedAt = performance.now()
  let sent = 0
  let renamed = 0

  function send(): void {
    const seconds = (performance.now() - startedAt) / 1000
    for (; sent < seconds * perSecond; sent++) {
      const path =
        sent % 25 === 0 ? '/dashboard' : sent % 15 === 0 ? '/popular' : `/posts/${nextPost()}`
      client.get(url + path).then(onSample, onError)
    }
    for (; renamed < Math.floor(seconds); renamed++) {
      client.post(`${url}/posts/${nextPost()}?title=Renamed+${renamed + 1}+times`).catch(onError)
    }
  }

  const timer = setInterval(send, tick)
  return { stop: () => clearInterval(timer) }
}
