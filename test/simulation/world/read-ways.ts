import type { GetOptions, LoadContext } from '../../../src/cache/options.js'
import type { ReadWay } from './menu.js'
import { isSoft, policyOf, tagOf } from './row-key.js'
import type { LoadPlan, Row } from './rows.js'
import type { SimulatedProcess } from './simulated-process.js'
import type { World } from './world.js'

/** What a read brought. */
export interface Brought {
  readonly version: number
  /** In words; the first one is the outcome. */
  readonly how: string
  readonly isJoined: boolean
  /** Served although it may be old, as the caller agreed to. */
  readonly isExcused: boolean
}

/** One read under way. */
export interface ReadCall {
  readonly world: World
  readonly process: SimulatedProcess
  readonly key: string
  /** When it began. */
  readonly since: number
}

/** Reads a row; undefined when nothing came that could be judged. */
export type ReadRow = (call: ReadCall) => Promise<Brought | undefined>

function withLoader(extra: GetOptions = {}): ReadRow {
  return async (call) => {
    const { world, process, key } = call
    const options = { ...optionsOf(call), ...extra }
    const isExcepted = [extra.lease, extra.force, extra.tiers, extra.signal].some(
      (said) => said !== undefined,
    )
    const load = loaderOf(call, isExcepted)
    return judged(key, await process.cacheOf(key).read<Row>(key, load, options), world)
  }
}

/** With late tags the loader names them. */
function optionsOf({ world, key }: Pick<ReadCall, 'world' | 'key'>): GetOptions {
  const policy = policyOf(key, world.options.policy)
  const isLate = world.options.lateTags
  return isLate ? { ...policy, tags: policy.tags.filter((tag) => tag !== tagOf(key)) } : policy
}

function loaderOf(call: ReadCall, isExcepted: boolean): (context: LoadContext) => Promise<Row> {
  const { world, process, key, since } = call
  const { dice, options, rows } = world
  const moment = dice.pick(['before', 'after'] as const)
  const [before, after] = [dice.next(), dice.next()].map((part) => (part * options.loadTime) / 2)
  const plan = { before: before ?? 0, after: after ?? 0, since, isExcepted }
  const fails = dice.chance(options.loadFails)
  return (context) => {
    const name: LoadPlan['name'] = (now) => {
      if (options.lateTags && now === moment) context.tag(tagOf(key))
    }
    return rows.load(key, { ...plan, fails, name }, process)
  }
}

interface Told {
  readonly value: Row | undefined
  readonly outcome: string
  readonly tier: string | undefined
  readonly collapsed: boolean
  readonly revoked: boolean
  readonly incoherent: boolean
}

function judged(key: string, reading: Told, { outcomes }: World): Brought | undefined {
  const { value, outcome, tier, collapsed, revoked, incoherent } = reading
  const flags = Object.entries({ collapsed, revoked, incoherent }).filter(([, is]) => is)
  const how = [outcome, tier ?? '', ...flags.map(([name]) => name)].join(' ')
  outcomes[how] = (outcomes[how] ?? 0) + 1
  if (value === undefined) return undefined
  // what has been made stale may be served as stale, and what may have been
  const isExcused = outcome === 'stale' && (isSoft(key) || incoherent)
  return { version: value.version, how, isJoined: collapsed, isExcused }
}

/** Of many nobody tells whether they are stale. */
async function many(call: ReadCall): Promise<Brought | undefined> {
  const { world, process, key } = call
  const neighbour = world.neighbourOf(key)
  const loaders = new Map(
    [key, neighbour].map((one) => [one, loaderOf({ ...call, key: one }, false)]),
  )
  const { tags: _, ...options } = optionsOf({ world, key })
  const found = await process.cacheOf(key).getMany<string, Row>(loaders.keys(), {
    ...options,
    key: (id) => id,
    by: (row) => row.key,
    load: async (ids, context) => {
      const loads = ids.map(async (id) => {
        const own = context.for(id)
        own.tag(...policyOf(id, {}).tags)
        return (await loaders.get(id)?.(own)) as Row
      })
      // one that fails does not end before the others do
      await Promise.allSettled(loads)
      return await Promise.all(loads)
    },
  })
  const row = found.get(key)
  return row && { version: row.version, how: 'many', isJoined: true, isExcused: isSoft(key) }
}

async function find({ world, process, key }: ReadCall): Promise<Brought | undefined> {
  return judged(key, await process.cacheOf(key).read<Row>(key), world)
}

function peek({ process, key }: ReadCall): Promise<Brought | undefined> {
  const row = process.cacheOf(key).peek<Row>(key)
  const brought = row && { version: row.version, how: 'peek', isJoined: false, isExcused: false }
  return Promise.resolve(brought)
}

async function impatient(call: ReadCall): Promise<Brought | undefined> {
  const { world, process } = call
  const controller = new AbortController()
  const patience = world.dice.next() * world.options.loadTime
  void world.scheduler.sleep(patience, process).then(() => controller.abort(new Error('enough')))
  return await withLoader({ signal: controller.signal })(call)
}

/** Revokes the load that is running. */
async function forced(call: ReadCall): Promise<Brought | undefined> {
  const calm = call.world.rows.disturbances.begin([call.key])
  try {
    return await withLoader({ force: true })(call)
  } finally {
    calm()
  }
}

export const READ_WAYS: Readonly<Record<ReadWay, ReadRow>> = {
  read: withLoader(),
  find,
  peek,
  many,
  force: forced,
  share: withLoader({ lease: false }),
  memory: withLoader({ tiers: 'memory' }),
  signal: impatient,
}
