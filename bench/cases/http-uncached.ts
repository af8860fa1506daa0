import { uncachedCase } from '../http/uncached.js'

export const benchmark = uncachedCase(
  { name: 'http-uncached', title: 'a route that is not cached, small JSON', prefix: '/hello/' },
  (name) => JSON.stringify({ hello: name, served: true }),
)
