import { assertKey } from '../entry/key.js'
import { InvalidOptionError } from '../errors.js'
import { Batch, type ManyLoader } from './batch.js'
import type { Space } from './engine.js'
import { find, NOTHING, type Call } from './lookup.js'
import type { Loader } from './options.js'
import { reportRead } from './report.js'
import { settle } from './read.js'
import type { Policy } from './settings.js'
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
  readonly accept?: Call['accept']
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
  const values = new Map<Id, unknown>()
  const calls: { id: Id; call: Call }[] = []
  const batch = batchOf(space, plan)
  const firsts = new Map<string, Id>()
  const twins: { id: Id; first: Id }[] = []
  for (const id of ids) {
    if (values.has(id)) continue
    values.set(id, undefined) // keeps the order asked for
    const key = plan.keyOf(id)
    const first = firsts.get(key)
    if (first !== undefined) {
      twins.push({ id, first })
      continue
    }
    firsts.set(key, id)
    const held = plan.policy.force ? undefined : space.memory?.hit(key)
    if (held === undefined) {
      calls.push({ id, call: callOf(space, id, key, plan, batch) })
    } else {
      values.set(id, handOver(space, held.value, held.mutable))
      reportRead(space, key, 'hit', 'memory')
    }
  }
  await Promise.all(
    (await findAll(space, calls)).map(async ({ id, call, found }) => {
      values.set(id, await settled(space, call, found))
    }),
  )
  for (const { id, first } of twins) values.set(id, values.get(first))
  for (const [id, value] of values) if (value === undefined) values.delete(id)
  return values as Map<Id, V>
}

type Looked<Id> = { id: Id; call: Call; found: Awaited<ReturnType<typeof find>> }

/** All keys are looked up before any load begins: what is missing is then loaded together. */
function findAll<Id>(
  space: Space,
  calls: readonly { id: Id; call: Call }[],
): Promise<Looked<Id>[]> {
  return Promise.all(
    calls.map(async ({ id, call }) => {
      const found = call.policy.force ? NOTHING : await find(space, call)
      return { id, call, found }
    }),
  )
}

async function settled(
  space: Space,
  call: Call,
  found: Looked<unknown>['found'],
): Promise<unknown> {
  try {
    const reading = await settle(space, call, found)
    reportRead(space, call.key, reading.outcome, reading.tier)
    return reading.value
  } catch (error) {
    reportRead(space, call.key, 'error', undefined)
    throw error
  }
}

function callOf<Id, V>(
  space: Space,
  id: Id,
  key: string,
  plan: ManyPlan<Id, V>,
  batch: Batch<Id, V> | undefined,
): Call {
  assertKey(key, space.engine.settings.limits.keyBytes)
  return {
    key,
    policy: plan.policyOf?.(id) ?? plan.policy,
    load: batch && loaderOf(batch, id, plan.negative),
    ticket: space.engine.next(),
    gated: true,
    accept: plan.accept,
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
