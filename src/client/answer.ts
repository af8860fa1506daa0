import { ServiceRefusedError, ServiceUnavailableError, type StrataError } from '../errors.js'

/** A whole answer of the service. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Uint8Array
}

/** The error that an answer stands for which is none of those a request hopes for. */
export function failureOf(answer: Answer): StrataError {
  const { status, headers } = answer
  const { problem, detail } = problemOf(answer)
  if (status === 503 && problem === 'busy') {
    return new ServiceUnavailableError('busy', 'another client loads the key')
  }
  if (status >= 500 && status !== 507) {
    return new ServiceUnavailableError('unavailable', `${status}, ${detail}`)
  }
  const requestId = headers.get('request-id')
  return new ServiceRefusedError({
    status,
    problem,
    detail,
    ...(requestId === null ? {} : { requestId }),
  })
}

export function jsonOf(answer: Answer): unknown {
  try {
    return JSON.parse(textOf(answer)) as unknown
  } catch (error) {
    throw new ServiceUnavailableError('unavailable', 'its answer is not the JSON it says', error)
  }
}

function problemOf(answer: Answer): { problem: string; detail: string } {
  const unknown = { problem: '', detail: 'not an answer of the service: is the URL right?' }
  if (!(answer.headers.get('content-type') ?? '').startsWith('application/problem+json')) {
    return unknown
  }
  const body = jsonOf(answer) as { type?: unknown; title?: unknown; detail?: unknown } | null
  const { type, title, detail } = body ?? {}
  if (typeof type !== 'string') return unknown
  const said = [detail, title].find((text) => typeof text === 'string') ?? ''
  return { problem: type.slice(type.lastIndexOf('/') + 1), detail: clip(said) }
}

/** Of a message that is put into an error. */
function clip(text: string): string {
  return text.length > 300 ? `${text.slice(0, 297)}...` : text
}

function textOf({ body }: Answer): string {
  return new TextDecoder().decode(body)
}
