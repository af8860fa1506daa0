import { uncachedCase } from '../http/uncached.js'

export const benchmark = uncachedCase(
  { name: 'http-uncached-text', title: 'a route that is not cached, small text', prefix: '/text/' },
  (name) => `Hello ${name}`,
)
