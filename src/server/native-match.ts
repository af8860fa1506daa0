import type { VersionedRoute } from './core.js'
import type { NativeRequest } from './native-request.js'
import { REQUEST_WORD, REQUEST_WORDS } from './native-wire.js'

/** The route that Rust has found for a request: one object for all of them, good until the next. */
export class NativeMatch implements VersionedRoute {
  readonly kind = 'route'
  version = 0
  route = 0
  path = ''
  query = ''
  readonly ranges: number[] = []

  /** Undefined: it has found none. */
  read(request: NativeRequest, words: Uint32Array, word: number): this | undefined {
    const route = (words[word + REQUEST_WORD.route] as number) | 0
    if (route < 0) return undefined
    this.version = words[word + REQUEST_WORD.version] as number
    this.route = route
    this.path = request.path
    this.query = request.query
    const ranges = (words[word + REQUEST_WORD.ranges] as number) * 2
    for (let i = 0; i < ranges; i++) this.ranges[i] = words[word + REQUEST_WORDS + i] as number
    return this
  }
}
