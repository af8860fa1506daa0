import { HttpError } from '../errors.js'

/** It took too long, as undici says it. */
const LATE: ReadonlySet<string> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])

/** The pool was closed. */
const CLOSED: ReadonlySet<string> = new Set(['UND_ERR_DESTROYED', 'UND_ERR_CLOSED'])

/** The answer that is not the origin's (RFC 9110 sections 15.6.3 to 15.6.5), with what happened as its cause. */
export function originFailure(url: string, cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause
  const code = codeOf(cause)
  if (LATE.has(code)) return new HttpError(504, `${url} did not answer in time`, { cause })
  if (CLOSED.has(code)) return new HttpError(503, `${url} is not asked any more`, { cause })
  return new HttpError(502, `${url}: ${textOf(cause)}`, { cause })
}

/** It was never reached, as Node and undici say it. */
const UNREACHED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ENOENT',
])

/** Whether it may have failed for what was asked: it was reached, and did not give an answer. Being late is no such thing. */
export function isOfRequest(error: unknown): boolean {
  return error instanceof HttpError && error.status === 502 && !UNREACHED.has(codeOf(error.cause))
}

/** No answer can be made of what the origin said. */
export function malformed(what: string): HttpError {
  return new HttpError(502, `the origin's answer is malformed: ${what}`)
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || codeOf(error) : String(error)
}
