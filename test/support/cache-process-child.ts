// A cache in a process of its own, told what to do by its parent. The other half: cache-process.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import * as handle from '../../src/cache/handle.js'
import type { Condition } from '../../src/cache/handle.js'
import {
  createCache,
  type CacheOptions,
  type GetOptions,
  type SetOptions,
} from '../../src/index.js'
import type { LoadAnswer, LoadPlan, Request } from './cache-process.js'
import { type Gate, gate } from './gate.js'

const options = JSON.parse(process.argv[2] ?? '{}') as CacheOptions
const cache = createCache({ logger: false, jitter: 0, ...options })
const gates = new Map<string, Gate<void>>()

function gateOf(name: string): Gate<void> {
  const known = gates.get(name) ?? gate()
  gates.set(name, known)
  return known
}

async function load(key: string, plan: LoadPlan, options: GetOptions): Promise<LoadAnswer> {
  try {
    const reading = await cache.read<unknown>(
      key,
      async (context) => {
        if (plan.ms !== undefined) await sleep(plan.ms)
        if (plan.gate !== undefined) await gateOf(plan.gate).promise
        context.tag(...(plan.tags ?? []))
        if (plan.fail !== undefined) throw Object.assign(new Error(plan.fail.message), plan.fail)
        return plan.value
      },
      options,
    )
    return { reading }
  } catch (error) {
    const { name, message, code } = error as Error & { code?: unknown }
    return { error: { name, message, code } }
  }
}

/** Reads, adds, writes what was read before; from the beginning when another writer was faster. */
async function addByOne(key: string, times: number, options: SetOptions): Promise<number> {
  let refused = 0
  for (let done = 0; done < times;) {
    const { value, id } = await cache.read<number>(key)
    const condition: Condition = id === undefined ? { kind: 'absent' } : { kind: 'is', ids: [id] }
    const { result } = await handle.put(cache, key, (value ?? 0) + 1, options, condition)
    if (result === 'refused') refused++
    else done++
  }
  return refused
}

async function answer({ op, args }: Request): Promise<unknown> {
  switch (op) {
    case 'get':
      return await cache.get(...(args as [string]))
    case 'read': {
      const [key, loaded] = args as [string, unknown]
      return await (loaded === undefined ? cache.read(key) : cache.read(key, () => loaded))
    }
    case 'load': {
      const [key, plan, callers, options] = args as [string, LoadPlan, number, GetOptions]
      return await Promise.all(Array.from({ length: callers }, () => load(key, plan, options)))
    }
    case 'open':
      return gateOf(...(args as [string])).open()
    case 'set':
      return await cache.set(...(args as [string, unknown, object?]))
    case 'delete':
      return await cache.delete(...(args as [string]))
    case 'expire':
      return await cache.expire(...(args as [string]))
    case 'invalidateTags':
      return await cache.invalidateTags(...(args as [string[], object?]))
    case 'clear':
      return await cache.clear()
    case 'put':
      return await handle.put(cache, ...(args as [string, unknown, SetOptions, Condition?]))
    case 'remove':
      return await handle.remove(cache, ...(args as [string, Condition]))
    case 'lease':
      return await handle.lease(cache, ...(args as [string, handle.LeaseWish]))
    case 'fill':
      return await handle.fill(cache, ...(args as [string, string, unknown, SetOptions]))
    case 'giveUp':
      return await handle.giveUp(cache, ...(args as [string, string]))
    case 'addByOne': {
      const [key, writers, times, options] = args as [string, number, number, SetOptions]
      const all = Array.from({ length: writers }, () => addByOne(key, times, options))
      return (await Promise.all(all)).reduce((sum, refused) => sum + refused, 0)
    }
    case 'peek':
      return cache.peek(...(args as [string]))
    case 'stats':
      return cache.stats()
    case 'close':
      return await cache.close()
  }
}

process.on('message', (request: Request) => {
  answer(request).then(
    (result) => process.send?.({ id: request.id, result }),
    (error: unknown) => process.send?.({ id: request.id, error: String(error) }),
  )
})

await cache.ready()
process.send?.({ id: 0 })
