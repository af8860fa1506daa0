import { assertKey } from '../entry/key.js'
import { InvalidOptionError } from '../errors.js'
import { Batch, type ManyLoader } from './batch.js'
import type { Space } from './engine.js'
import type { Call } from './lookup.js'
import type { Loader } from './options.js'
import { reportRead } from './report.js'
import { look, read } from './read.js'
import type { Policy } from './policy.js'
import { handOver } from './store.js'

export interface ManyPlan<Id, V> {
  readonly keyOf: (id: Id) => string
  readonly load: ManyLoader<Id, V> | undefined
  readonly by: ((row: V) => Id) | undefined
  /** Store ids without a value as null. */
  readonly negative: boolean
  readonly maxBatch: number
  readonly policy: Policy
  readonly policyOf?: (id: Id) => Policy
  readonly accept: Call['accept']
}

/**
 * Many keys at once: what memory has, one look into Redis for the rest, one load for what is missing. Ids without a value
 * are absent from the result.
 */
export async function getMany<Id, V>(
  space: Space,
  ids: Iterable<Id>,
  plan: ManyPlan<Id, V>,
): Promise<Map<Id, V>> {
  const keys = new Map<Id, string>() // in the order asked for
  for (const id of ids) if (!keys.has(id)) keys.set(id, plan.keyOf(id))
  const values = new Map<string, unknown>()
  const calls: Call[] = []
  const callOf = caller(space, plan)
  for (const [id, key] of keys) {
    if (values.has(key)) continue
    const value = plan.policy.force ? undefined : inMemory(space, key)
    values.set(key, value)
    if (value === undefined) calls.push(callOf(id, key))
  }
  // All keys are looked up before any load begins: what is missing is then loaded together.
  const looked = await Promise.all(calls.map((call) => look(space, call)))
  const readings = await Promise.all(calls.map((call, at) => read(space, call, looked[at])))
  for (const [at, call] of calls.entries()) values.set(call.key, readings[at]?.value)
  const result = new Map<Id, V>()
  for (const [id, key] of keys) {
    const value = values.get(key)
    if (value !== undefined) result.set(id, value as V)
  }
  return result
}

function inMemory(space: Space, key: string): unknown {
  const held = space.memory?.hit(key)
  if (held === undefined) return undefined
  reportRead(space, key, 'hit', 'memory')
  return handOver(space, held.value, held.mutable)
}

function caller<Id, V>(space: Space, plan: ManyPlan<Id, V>): (id: Id, key: string) => Call {
  const { engine } = space
  const { accept, negative } = plan
  const batch = batchOf(space, plan)
  return (id, key) => {
    assertKey(key, engine.settings.limits.keyBytes)
    const policy = plan.policyOf?.(id) ?? plan.policy
    const load = batch && loaderOf(batch, id, negative)
    return { key, policy, load, ticket: engine.next(), gated: true, accept }
  }
}

/** The loader of one id that waits for the others of its turn. */
export function loaderOf<Id, V>(batch: Batch<Id, V>, id: Id, negative: boolean): Loader<unknown> {
  return async (context) => (await batch.load(id, context)) ?? (negative ? null : undefined)
}

/** While Redis is away, a call of the loader takes one place at the gate, however many ids it is for. */
export function batchOf<Id, V>(space: Space, plan: ManyPlan<Id, V>): Batch<Id, V> | undefined {
  const { load, by, keyOf, maxBatch } = plan
  if (load === undefined) return undefined
  return new Batch({ load, by, keyOf, maxBatch, run: (work) => gated(space, work) })
}

async function gated<T>(space: Space, work: () => Promise<T>): Promise<T> {
  const { engine } = space
  if (space.redis === undefined || engine.redisOf(space) !== undefined) return await work()
  await engine.gate.enter()
  try {
    return await work()
  } finally {
    engine.gate.leave()
  }
}

/** Checks the parts of a plan that a caller gives. */
export function assertLoader(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== 'function') {
    throw new InvalidOptionError(option, value, 'a function')
  }
}
