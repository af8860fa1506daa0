import { createCache, type Cache, type CacheOptions } from '../../src/index.js'

/** One line that a cache told its logger. */
export interface Line {
  readonly level: 'info' | 'warn' | 'error'
  readonly code: string
  readonly message: string
}

/** A cache with everything it said. */
export interface OpenedCache {
  readonly cache: Cache
  readonly lines: Line[]
  /** Codes of the lines. */
  codes(): string[]
  readonly degraded: { readonly reason: string }[]
  readonly recovered: { readonly after: number }[]
  readonly errors: Error[]
}

/** Real time, real sockets: a busy machine must not count as an outage where none is tested. */
export const PATIENT = { timeout: '10s', connectTimeout: '20s' } as const

/** The caches of one test: opened with a listening logger, closed together. */
export class Caches {
  readonly #open: Cache[] = []

  open(options: CacheOptions): OpenedCache {
    const lines: Line[] = []
    const say =
      (level: Line['level']) =>
      (details: object, message: string): void => {
        lines.push({ level, code: String((details as { code?: unknown }).code), message })
      }
    const logger = { info: say('info'), warn: say('warn'), error: say('error') }
    const cache = createCache({ logger, jitter: 0, ...options })
    this.#open.push(cache)
    const opened: OpenedCache = {
      cache,
      lines,
      codes: () => lines.map(({ code }) => code),
      degraded: [],
      recovered: [],
      errors: [],
    }
    cache.on('degraded', (event) => opened.degraded.push(event))
    cache.on('recovered', (event) => opened.recovered.push(event))
    cache.on('error', (error) => opened.errors.push(error))
    return opened
  }

  /** A cache that waits long for this Redis. */
  patient(url: string, options: CacheOptions = {}): Cache {
    return this.open({ redis: { url, ...PATIENT }, ...options }).cache
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((cache) => cache.close()))
  }
}

let count = 0

/** A namespace nobody else uses. */
export function freshNamespace(): string {
  return `t${process.pid}-${++count}`
}

/** A loader that must not run. */
export function noLoad(): never {
  throw new Error('the loader ran')
}
