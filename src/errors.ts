/**
 * Every failure Strata itself can hand to a caller. A loader's own error is never wrapped: it reaches the caller as it
 * is. Each class has a `code` (`STRATA_` + the class name without `Error`, upper snake) and, where there is one, a `cause`.
 */
export type StrataErrorCode =
  | 'STRATA_INVALID_OPTION'
  | 'STRATA_INVALID_KEY'
  | 'STRATA_INVALID_VALUE'
  | 'STRATA_LOAD_TIMEOUT'
  | 'STRATA_LOAD_RESULT'
  | 'STRATA_OVERLOADED'
  | 'STRATA_REMOTE_LOAD'
  | 'STRATA_CODEC'
  | 'STRATA_TIER_UNAVAILABLE'
  | 'STRATA_CLOSED'
  | 'STRATA_HTTP'
  | 'STRATA_LISTEN'
  | 'STRATA_NATIVE_UNAVAILABLE'
  | 'STRATA_SERVICE_REFUSED'
  | 'STRATA_SERVICE_UNAVAILABLE'

/** Base of every error of this package. */
export abstract class StrataError extends Error {
  abstract readonly code: StrataErrorCode

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** An option has an unknown name, a wrong type, or a value out of range. Thrown when the option is given. */
export class InvalidOptionError extends StrataError {
  readonly code = 'STRATA_INVALID_OPTION'
  /** Dotted name of the option, for instance `memory.maxBytes`. */
  readonly option: string
  readonly value: unknown
  /** What would have been accepted, in words. */
  readonly allowed: string

  constructor(option: string, value: unknown, allowed: string) {
    super(`${option}: got ${describe(value)}, allowed: ${allowed}`)
    this.option = option
    this.value = value
    this.allowed = allowed
  }
}

/** A key is not a string, empty, longer than `limits.keyBytes`, ill-formed UTF-16, or uses a reserved prefix. */
export class InvalidKeyError extends StrataError {
  readonly code = 'STRATA_INVALID_KEY'
  readonly key: unknown

  constructor(key: unknown, reason: string) {
    super(`key ${describe(key)}: ${reason}`)
    this.key = key
  }
}

/** `undefined` was given to `set`: it means "nothing there" and cannot be stored. */
export class InvalidValueError extends StrataError {
  readonly code = 'STRATA_INVALID_VALUE'
}

/** A loader ran longer than `hardTimeout`. Its signal was aborted and its late result is discarded. */
export class LoadTimeoutError extends StrataError {
  readonly code = 'STRATA_LOAD_TIMEOUT'
  readonly key: string
  /** Milliseconds. */
  readonly timeout: number

  constructor(key: string, timeout: number) {
    super(`the loader of ${describe(key)} took longer than ${timeout} ms (hardTimeout)`)
    this.key = key
    this.timeout = timeout
  }
}

/** A `loadMany` answered in a shape that cannot be assigned to the ids without guessing. */
export class LoadResultError extends StrataError {
  readonly code = 'STRATA_LOAD_RESULT'
}

/** A bound of waiters or loads was reached and nothing stale was at hand. */
export class OverloadedError extends StrataError {
  readonly code = 'STRATA_OVERLOADED'
}

/** Another process's load of the key failed. Carries that error's name and code, never its stack. */
export class RemoteLoadError extends StrataError {
  readonly code = 'STRATA_REMOTE_LOAD'
  readonly remoteName: string
  readonly remoteCode: string | undefined

  constructor(key: string, remote: { name: string; code?: string; message?: string }) {
    super(`another process failed to load ${describe(key)}: ${remote.message ?? remote.name}`)
    this.remoteName = remote.name
    this.remoteCode = remote.code
  }
}

/** A value cannot be stored as it is, or stored bytes cannot be read. */
export class CodecError extends StrataError {
  readonly code = 'STRATA_CODEC'
  /** Where in the value, for instance `posts[3].price`; empty for the value itself. */
  readonly path: string
  /** Name of the class or type that was refused. */
  readonly type: string

  constructor(message: string, at: { path: string; type: string; cause?: unknown }) {
    super(message, at.cause === undefined ? undefined : { cause: at.cause })
    this.path = at.path
    this.type = at.type
  }
}

/** Why a tier did not answer. */
export type TierFailure =
  | 'timeout' // no reply within the time allowed
  | 'open' // not asked: the circuit breaker is open, or invalidations are still to be told
  | 'saturated' // maxInFlight operations are unanswered, and the line behind them is too long: not asked
  | 'connection' // there is no usable connection, or it was lost
  | 'refused' // an error reply
  | 'closed' // the cache was closed

/** A tier did not answer. Reaches callers only with `throwOnCacheError`; else it is reported and the loader runs. */
export class TierUnavailableError extends StrataError {
  readonly code = 'STRATA_TIER_UNAVAILABLE'
  readonly tier: 'redis'
  readonly reason: TierFailure

  constructor(reason: TierFailure, message: string, cause?: unknown) {
    super(`redis: ${message}`, cause === undefined ? undefined : { cause })
    this.tier = 'redis'
    this.reason = reason
  }
}

/** The cache was closed. `get(key, load)` still runs its loader, uncached; everything else rejects with this. */
export class ClosedError extends StrataError {
  readonly code = 'STRATA_CLOSED'

  constructor() {
    super('the cache is closed')
  }
}

/**
 * A request is to be answered with this status. Thrown by handlers and by what reads a request (a body that is too long,
 * JSON that is none); its message is shown to the client if the status is below 500.
 */
export class HttpError extends StrataError {
  readonly code = 'STRATA_HTTP'
  /** 400 .. 599. */
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

/** The server cannot listen: the port is taken or not allowed, the host is none of this machine, or it was closed. */
export class ListenError extends StrataError {
  readonly code = 'STRATA_LISTEN'
}

/** `native: true`, and no native listener can be loaded. */
export class NativeUnavailableError extends StrataError {
  readonly code = 'STRATA_NATIVE_UNAVAILABLE'
}

/** The service understood a request of `strata-cache/client` and would not do it. */
export class ServiceRefusedError extends StrataError {
  readonly code = 'STRATA_SERVICE_REFUSED'
  /** 4xx, or 507. */
  readonly status: number
  /** Name of the problem, for instance `too-large`; empty when whatever answered is no service of ours. */
  readonly problem: string
  /** Finds the request in the service's log. */
  readonly requestId: string | undefined

  constructor(refusal: { status: number; problem: string; detail: string; requestId?: string }) {
    const { status, problem, detail } = refusal
    super(`the service refused (${status}${problem === '' ? '' : ` ${problem}`}): ${detail}`)
    this.status = status
    this.problem = problem
    this.requestId = refusal.requestId
  }
}

/** Why the service brought no answer. */
export type ServiceFailure =
  | 'connection' // it cannot be reached, or the connection broke
  | 'timeout' // no whole answer within the time allowed
  | 'busy' // another client loads the key, for longer than this one would wait
  | 'unavailable' // it answered that it cannot do this now (5xx)
  | 'open' // not asked: it has just failed several times in a row

/** The service did not answer a request of `strata-cache/client`, or could not do what was asked now. */
export class ServiceUnavailableError extends StrataError {
  readonly code = 'STRATA_SERVICE_UNAVAILABLE'
  readonly reason: ServiceFailure

  constructor(reason: ServiceFailure, message: string, cause?: unknown) {
    super(`the service: ${message}`, cause === undefined ? undefined : { cause })
    this.reason = reason
  }
}

/** A short, bounded, single-line picture of any value for error messages. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return clip(JSON.stringify(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function')
    return value.name === '' ? 'a function' : `function ${clip(value.name)}`
  if (typeof value !== 'object' || value === null) return String(value)
  if (Array.isArray(value)) return `an array of ${value.length}`
  const name: unknown = (value as { constructor?: { name?: unknown } }).constructor?.name
  return typeof name === 'string' && name !== '' && name !== 'Object'
    ? `an instance of ${clip(name)}`
    : 'an object'
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
