import { failureOf } from '../client/answer.js'
import { ServiceRefusedError, ServiceUnavailableError } from '../errors.js'
import type { ServiceTarget } from './target.js'
import { serviceFailure } from './service-failure.js'

/** Milliseconds. */
const PATIENCE = 10_000

type Admin = Pick<ServiceTarget, 'adminUrl' | 'token'>

/** The JSON of a GET at the admin listener. Rejects with `Failure`. `also`: statuses beside 200 that bring JSON too. */
export async function askAdmin(
  target: Admin,
  path: string,
  also: readonly number[] = [],
): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(PATIENCE)
    const response = await fetched(target.adminUrl + path, { headers: fieldsOf(target), signal })
    if (response.status === 200 || also.includes(response.status)) return await jsonOf(response)
    throw await refusalOf(response)
  } catch (error) {
    throw serviceFailure(target.adminUrl, error)
  }
}

/** A stream of events at the admin listener. Rejects with `Failure`. */
export async function followAdmin(target: Admin, path: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const response = await fetched(target.adminUrl + path, { headers: fieldsOf(target) })
    if (response.status !== 200 || response.body === null) throw await refusalOf(response)
    return response.body as AsyncIterable<Uint8Array>
  } catch (error) {
    throw serviceFailure(target.adminUrl, error)
  }
}

function fieldsOf({ token }: Admin): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    // to follow a redirection would be to show the token to somebody else
    return await fetch(url, { ...init, redirect: 'error' })
  } catch (error) {
    const isLate = init.signal?.aborted === true
    throw new ServiceUnavailableError(isLate ? 'timeout' : 'connection', 'no answer', error)
  }
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json()
  } catch {
    // an answer that is none of ours
    throw new ServiceRefusedError({ status: response.status, problem: '', detail: 'no JSON' })
  }
}

async function refusalOf(response: Response): Promise<Error> {
  const { status, headers } = response
  return failureOf({ status, headers, body: new Uint8Array(await response.arrayBuffer()) })
}
