import type { Trial } from './server.js'
import { POSTS, Site } from './site.js'

const site = new Site()

/** Posts that are kept by a cache: the body in whole, and the fields that a client's cache works by. */
export const posts: Trial = {
  paths: Array.from({ length: POSTS }, (_, id) => `/posts/${id}`),
  check: ({ headers, body }, path) => {
    if (body !== JSON.stringify(site.post(path.slice('/posts/'.length)))) {
      throw new Error(`${path} was answered with something else`)
    }
    if (headers['content-type']?.startsWith('application/json') !== true) {
      throw new Error(`${path} is not JSON: ${JSON.stringify(headers)}`)
    }
    for (const name of ['cache-control', 'etag']) {
      if (headers[name] === undefined) throw new Error(`no ${name} in ${JSON.stringify(headers)}`)
    }
  },
}
