import { InvalidValueError } from '../errors.js'
import { pathOf } from './address.js'
import { failureOf } from './answer.js'
import type { ClientLoadOptions } from './client.js'
import type { Connection } from './connection.js'
import type { LoadLimits } from './load-options.js'
import { type Loader, runLoader } from './run-loader.js'
import type { FailureContext } from './settings.js'
import { bodyOf, valueOf } from './value-body.js'
import { valueHeaders } from './value-headers.js'

/** One call, and what it works with. */
export interface LoadCall {
  readonly connection: Connection
  readonly namespace: string
  readonly key: string
  readonly load: Loader
  readonly options: ClientLoadOptions
  readonly limits: LoadLimits
  readonly signal: AbortSignal
  readonly report: (error: unknown, operation: FailureContext['operation']) => void
}

/** A value, the right to load it, or neither: then it is loaded here and not stored. */
type Asked = { readonly found: unknown } | { readonly lease: string } | undefined

/** The value that is there, or the loader's, which others then find. */
export async function getOrLoad(call: LoadCall): Promise<unknown> {
  const asked = await ask(call)
  if (asked !== undefined && 'found' in asked) return asked.found
  const lease = asked?.lease
  let value: unknown
  try {
    value = await runLoader(call.load, call.key, call.limits.hardTimeout, call.signal)
  } catch (error) {
    // Not awaited: the loader's error is what the caller waits for.
    if (lease !== undefined) void giveUp(call, lease)
    throw error
  }
  if (lease !== undefined) await keep(call, lease, value)
  return value
}

async function ask(call: LoadCall): Promise<Asked> {
  const { lease, wait } = call.limits
  const query = `?lease=${Math.ceil(lease)}ms&wait=${Math.ceil(wait)}ms`
  try {
    const answer = await call.connection.ask({
      method: 'GET',
      path: pathOf(call.namespace, call.key) + query,
      expected: [200, 404],
      // A second request would wait for the lease of the first.
      repeatable: false,
      wait,
      signal: call.signal,
    })
    if (answer.status === 200) return { found: valueOf(answer) }
    const token = /^[^;\s]+/.exec(answer.headers.get('strata-lease') ?? '')?.[0]
    if (token !== undefined) return { lease: token }
    throw failureOf(answer)
  } catch (error) {
    call.signal.throwIfAborted()
    call.report(error, 'get')
    return undefined
  }
}

async function keep(call: LoadCall, lease: string, value: unknown): Promise<void> {
  if (value === undefined || call.options.ttl === 0) return giveUp(call, lease)
  try {
    await fill(call, lease, value)
  } catch (error) {
    call.report(error, 'set')
    if (error instanceof InvalidValueError) await giveUp(call, lease)
  }
}

/** 409: an invalidation came in between. The value is the caller's, and nobody else's. */
async function fill(call: LoadCall, lease: string, value: unknown): Promise<void> {
  const { type, body } = bodyOf(value, call.options.type)
  await call.connection.ask({
    method: 'PUT',
    path: pathOf(call.namespace, call.key),
    headers: { ...valueHeaders(call.options), 'content-type': type, 'strata-lease': lease },
    body,
    expected: [204, 409],
    repeatable: false,
  })
}

/** 409: it was lost already. */
async function giveUp(call: LoadCall, lease: string): Promise<void> {
  try {
    await call.connection.ask({
      method: 'DELETE',
      path: `${pathOf(call.namespace, call.key)}?lease=${encodeURIComponent(lease)}`,
      expected: [204, 409],
      repeatable: true,
    })
  } catch (error) {
    call.report(error, 'delete')
  }
}
