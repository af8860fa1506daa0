import { ServiceRefusedError, ServiceUnavailableError, StrataError } from '../errors.js'
import type { ExitCode } from './command.js'
import { Failure } from './failure.js'

/** Runs what asks a service; its errors become what a person can act on. */
export async function orFailure<T>(url: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw serviceFailure(url, error)
  }
}

export function serviceFailure(url: string, error: unknown): unknown {
  if (error instanceof ServiceUnavailableError) return unavailable(url, error)
  if (error instanceof ServiceRefusedError) return refused(url, error)
  // a key or an option that was said on the command line
  return error instanceof StrataError ? new Failure(2, error.message) : error
}

function unavailable(url: string, error: ServiceUnavailableError): Failure {
  switch (error.reason) {
    case 'connection':
      return new Failure(3, unreachable(url, codeOf(error.cause)))
    case 'timeout':
      return new Failure(
        3,
        `no answer in time from ${url}; is it a Strata service, and is it well?`,
      )
    default:
      return new Failure(1, error.message)
  }
}

function unreachable(url: string, code: string): string {
  const what = {
    ECONNREFUSED: `nothing listens on ${url}`,
    ENOTFOUND: `there is no host of the name in ${url}`,
    EAI_AGAIN: `the name in ${url} cannot be looked up now`,
  }[code]
  const said = what ?? `${url} cannot be reached${code === '' ? '' : ` (${code})`}`
  return `${said}; start a service with 'strata serve', name another with --url, or read Redis directly with --redis`
}

const ADVICE: Readonly<Record<number, string>> = {
  401: 'give a token with --token-file or STRATA_TOKEN',
  403: 'it lacks the scope, or is not for this namespace (-n)',
  406: 'the value holds what JSON does not (a Date, a Map): read it with --redis',
}

function refused(url: string, error: ServiceRefusedError): Failure {
  const { status, problem, message } = error
  if (problem === '')
    return new Failure(
      3,
      `${url} is no Strata service (it answered ${status}); the API of a proxy is on its admin listener: --url http://127.0.0.1:7451`,
    )
  const advice = ADVICE[status]
  const code: ExitCode = status === 404 ? 1 : 4
  return new Failure(code, advice === undefined ? message : `${message}; ${advice}`)
}

/** `fetch` keeps what the system said in the cause of its cause. */
function codeOf(error: unknown): string {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException
    if (typeof code === 'string') return code
    const inner: unknown = (at as AggregateError).errors?.[0]
    if (inner instanceof Error) return codeOf(inner)
  }
  return ''
}
