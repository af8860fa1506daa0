import {
  ClosedError,
  CodecError,
  HttpError,
  InvalidKeyError,
  InvalidOptionError,
  InvalidValueError,
  OverloadedError,
  TierUnavailableError,
} from '../errors.js'
import { type ProblemName, Refusal } from './problem.js'

/** What a client is told of an error; undefined: nothing but that there was one. */
export interface Told {
  readonly problem: ProblemName
  readonly detail: string | undefined
}

/** Messages of these errors speak of what the client sent, and are cut to be short where they are made. */
export function toldOf(error: unknown): Told | undefined {
  if (error instanceof Refusal) return { problem: error.problem, detail: error.detail }
  if (error instanceof CodecError || error instanceof InvalidValueError)
    return { problem: 'not-stored', detail: error.message }
  if (error instanceof InvalidKeyError) return { problem: 'bad-key', detail: error.message }
  if (error instanceof InvalidOptionError) return { problem: 'bad-request', detail: error.message }
  if (error instanceof HttpError) return ofStatus(error)
  if (
    error instanceof TierUnavailableError ||
    error instanceof ClosedError ||
    error instanceof OverloadedError
  )
    return { problem: 'unavailable', detail: undefined }
  return undefined
}

/** Of a body that is too long, stops coming, or breaks off. */
function ofStatus({ status, message }: HttpError): Told | undefined {
  if (status === 413) return { problem: 'too-large', detail: message }
  if (status === 408) return { problem: 'timeout', detail: undefined }
  return status >= 400 && status < 500 ? { problem: 'bad-request', detail: message } : undefined
}
