import { Agent, request } from 'node:http'
import type { Source } from './source.js'

export interface Sample {
  readonly source: Source
  /** What the handler waited for its data, by its own clock. */
  readonly dataMs: number
  /** The whole request as this client saw it. */
  readonly totalMs: number
}
export type HttpClient = ReturnType<typeof createHttpClient>

/** Kept-alive connections: a new one per request would cost more than anything that is measured here. */
export function createHttpClient() {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const send = (url: string, method: string) =>
    new Promise<Sample>((resolve, reject) => {
      const startedAt = performance.now()
      const sent = request(url, { agent, method, timeout: 20_000 }, (response) => {
        response.resume().once('error', reject)
        response.once('end', () => {
          if (response.statusCode !== 200)
            return reject(new Error(`${url} answered ${response.statusCode}`))
          const dataMs = Number(/dur=([\d.]+)/.exec(String(response.headers['server-timing']))?.[1])
          const source = String(response.headers['x-source']) as Source
          resolve({ source, dataMs, totalMs: performance.now() - startedAt })
        })
      })
      sent.once('timeout', () => sent.destroy(new Error(`${url} took more than 20 s`)))
      sent.once('error', reject).end()
    })
  return {
    get: (url: string) => send(url, 'GET'),
    post: (url: string) => send(url, 'POST'),
    close: () => agent.destroy(),
  }
}
