import { type Duration, parseDuration } from '../entry/duration.js'
import { knownOptions, parseCount } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { warn } from './warn.js'

/** Where a failure of the service was met that did not become the caller's. */
export interface FailureContext {
  readonly namespace: string
  readonly key: string
  /** `get`: it was not read, the loader ran. `set`: it was loaded and not stored. `delete`: the lease stays until its time is over. */
  readonly operation: 'get' | 'set' | 'delete'
}

export interface ClientOptions {
  /** Default `http://127.0.0.1:7450`. */
  readonly url?: string | URL
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string
  /** 1-64 of `[A-Za-z0-9._-]`, not beginning with `_`. */
  readonly namespace: string
  /** Of one request, with its retries; a `wait` is added to it. 1ms .. 5m, default `'2s'`. */
  readonly timeout?: Duration
  /** How often a request that can be repeated is sent again after a broken connection, or a service that is not ready. 0 .. 5, default 1. */
  readonly retry?: number
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch
  /** Told of every failure that `getOrLoad` has hidden from its caller. Default: a warning, once for each kind. */
  readonly onError?: (error: unknown, context: FailureContext) => void
}

export interface ClientSettings {
  /** Without a slash at its end. */
  readonly base: string
  readonly headers: Readonly<Record<string, string>>
  readonly namespace: string
  readonly timeout: number
  readonly retry: number
  readonly fetch: typeof globalThis.fetch
  readonly onError: (error: unknown, context: FailureContext) => void
}

const NAMES = ['url', 'token', 'namespace', 'timeout', 'retry', 'fetch', 'onError'] as const

export const CLIENT_DEFAULTS = {
  url: 'http://127.0.0.1:7450',
  timeout: '2s',
  retry: 1,
} as const

export function clientSettings(options: ClientOptions): ClientSettings {
  const given = knownOptions(options, NAMES)
  const { url, timeout, retry } = { ...CLIENT_DEFAULTS, ...definedOf(given) }
  return {
    base: parseUrl(url),
    headers: given['token'] === undefined ? {} : { authorization: bearer(given['token']) },
    namespace: parseNamespace(given['namespace']),
    timeout: parseDuration(timeout, 'timeout', { min: 1, max: 300_000 }),
    retry: parseCount(retry, 'retry', 0, 5),
    fetch: parseFunction(given['fetch'] ?? globalThis.fetch.bind(globalThis), 'fetch'),
    onError: parseFunction(given['onError'] ?? warn(), 'onError'),
  }
}

export function parseNamespace(value: unknown): string {
  if (typeof value !== 'string' || !/^(?!_)[\w.-]{1,64}$/.test(value) || /^\.\.?$/.test(value)) {
    throw new InvalidOptionError(
      'namespace',
      value,
      "1-64 of [A-Za-z0-9._-], not beginning with '_'",
    )
  }
  return value
}

function definedOf(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}

function parseUrl(value: unknown): string {
  const url = value instanceof URL ? value : urlOf(value)
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search + url.hash !== '') {
    throw new InvalidOptionError('url', value, 'an http or https URL without query and fragment')
  }
  // fetch refuses them, and errors would show them
  if (url.username + url.password !== '') {
    throw new InvalidOptionError('url', 'a URL with a password', 'one without; see token')
  }
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function urlOf(text: unknown): URL | undefined {
  return typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined
}

function bearer(token: unknown): string {
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    // never the token itself
    throw new InvalidOptionError('token', 'a value', 'a string of printable ASCII without spaces')
  }
  return `Bearer ${token}`
}

function parseFunction<F>(value: unknown, option: string): F {
  if (typeof value !== 'function') throw new InvalidOptionError(option, value, 'a function')
  return value as F
}
