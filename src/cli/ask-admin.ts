import { ServiceRefusedError, ServiceUnavailableError } from '../errors.js'
import type { ServiceTarget } from './target.js'
import { serviceFailure } from './service-failure.js'

/** Milliseconds. */
const PATIENCE = 10_000

/** The JSON of a GET at the admin listener. Rejects with `Failure`. `also`: statuses beside 200 that bring JSON too. */
export async function askAdmin(
  { adminUrl, token }: Pick<ServiceTarget, 'adminUrl' | 'token'>,
  path: string,
  also: readonly number[] = [],
): Promise<unknown> {
  try {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`
    const signal = AbortSignal.timeout(PATIENCE)
    const response = await fetched(adminUrl + path, { headers, signal, redirect: 'error' })
    if (response.status === 200 || also.includes(response.status)) return await jsonOf(response)
    throw await refusalOf(response)
  } catch (error) {
    throw serviceFailure(adminUrl, error)
  }
}

async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init)
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
  const { status } = response
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json')
  const body = isProblem === true ? await jsonOf(response) : undefined
  const said = (body ?? {}) as { type?: string; title?: string; detail?: string }
  const { type = '', title = '', detail = title } = said
  const problem = type.slice(type.lastIndexOf('/') + 1)
  return status >= 500 && status !== 507
    ? new ServiceUnavailableError('unavailable', `${status} ${detail}`)
    : new ServiceRefusedError({ status, problem, detail })
}
