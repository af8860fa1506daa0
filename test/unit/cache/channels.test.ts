import { subscribe, tracingChannel, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, test } from 'vitest'
import { settle } from '../../support/manual-clock.js'
import { openBoth, openMemory, slowLoader } from './harness.js'

const stops: (() => void)[] = []

afterEach(() => {
  for (const stop of stops.splice(0)) stop()
})

function listen(name: string): unknown[] {
  const messages: unknown[] = []
  const note = (message: unknown): void => void messages.push(message)
  subscribe(name, note)
  stops.push(() => unsubscribe(name, note))
  return messages
}

function listenToLoads(): string[] {
  const events: string[] = []
  const channel = tracingChannel<unknown, { namespace: string; key: string; error?: unknown }>(
    'strata:load',
  )
  const note = (event: string) => (message: unknown) => {
    const { namespace, key, error } = message as { namespace: string; key: string; error?: Error }
    events.push(`${event} ${namespace} ${key}${error === undefined ? '' : ` ${error.message}`}`)
  }
  const handlers = {
    start: note('start'),
    end: note('end'),
    asyncStart: note('asyncStart'),
    asyncEnd: note('asyncEnd'),
    error: note('error'),
  }
  channel.subscribe(handlers)
  stops.push(() => channel.unsubscribe(handlers))
  return events
}

describe('strata:read', () => {
  test('tells each read once, with its outcome and tier', async () => {
    const { cache, clock } = openBoth({ namespace: 'shop', ttl: '1m', grace: '1h' })
    const reads = listen('strata:read')
    const told = (key: string, outcome: string, tier?: string): unknown => ({
      namespace: 'shop',
      key,
      outcome,
      tier,
    })
    await cache.get('a')
    await cache.get('a', () => 1)
    await cache.get('a')
    await cache.read('a')
    await cache.has('a')
    await cache.getMany(['a', 'b'], { key: (id) => id })
    cache.peek('a')
    clock.advance(61_000)
    await cache.get('a', () => 1)
    await cache.get('a', () => 1, { force: true })
    await cache.get('x', () => 1, { ttl: 0, grace: 0 })
    await cache.get('y', () => Promise.reject(new Error('failed'))).catch(() => undefined)
    await settle()
    expect(reads).toEqual([
      told('a', 'miss'),
      told('a', 'miss', 'loader'),
      told('a', 'hit', 'memory'),
      told('a', 'hit', 'memory'),
      told('a', 'hit', 'memory'),
      told('a', 'hit', 'memory'),
      told('b', 'miss'),
      told('a', 'stale', 'redis'),
      told('a', 'bypass', 'loader'),
      told('x', 'bypass', 'loader'),
      told('y', 'error'),
    ])
  })

  test('is what stats counts', async () => {
    const { cache } = openMemory()
    const reads = listen('strata:read') as { outcome: string; tier?: string }[]
    const load = slowLoader<number>()
    const calls = [cache.get('k', load), cache.get('k', load)]
    await settle()
    load.runs[0]!.resolve(1)
    await Promise.all(calls)
    await cache.get('k')
    await cache.get('none')
    const counts: Record<string, Record<string, number>> = {}
    for (const { outcome, tier = 'none' } of reads) {
      const byTier = (counts[outcome] ??= {})
      byTier[tier] = (byTier[tier] ?? 0) + 1
    }
    expect(cache.stats().reads).toEqual(counts)
    expect(counts).toEqual({ miss: { loader: 2, none: 1 }, hit: { memory: 1 } })
  })
})

describe('strata:load', () => {
  test('tells start and end of each load', async () => {
    const { cache } = openMemory({ namespace: 'shop' })
    const events = listenToLoads()
    const load = slowLoader<number>()
    const calls = [cache.get('k', load), cache.get('k', load)]
    await settle()
    expect(events).toEqual(['start shop k', 'end shop k'])
    load.runs[0]!.resolve(1)
    await Promise.all(calls)
    expect(events.slice(2)).toEqual(['asyncStart shop k', 'asyncEnd shop k'])
    await cache.get('k', () => 2)
    expect(events).toHaveLength(4)
  })

  test('tells of a failure', async () => {
    const { cache } = openMemory({ namespace: 'shop' })
    const events = listenToLoads()
    const failing = (): never => {
      throw new Error('failed')
    }
    await cache.get('k', failing).catch(() => undefined)
    expect(events).toContain('error shop k failed')
    expect(events.filter((event) => event.startsWith('error'))).toHaveLength(1)
  })

  test('tells of a load that bypasses the cache, and of one behind the callers', async () => {
    const { cache } = openMemory({ grace: '1h' })
    const events = listenToLoads()
    await cache.get('a', () => 1, { ttl: 0, grace: 0 })
    await cache.set('b', 1)
    await cache.expire('b')
    await cache.get('b', () => 2)
    await settle()
    expect(events.filter((event) => event.startsWith('start'))).toEqual([
      'start default a',
      'start default b',
    ])
  })
})

describe('strata:invalidate', () => {
  test('tells each invalidation once, with what became of it', async () => {
    const { cache, remote } = openBoth({ namespace: 'shop' })
    const events = listen('strata:invalidate')
    const child = cache.namespace('child')
    await cache.delete('a')
    await cache.deleteMany(['a', 'b', 'a'])
    await cache.expire('a')
    await cache.invalidateTags(['t', 'u', 't'])
    await cache.invalidateTags('t', { soft: true })
    await child.clear()
    remote.fail()
    await cache.delete('c')
    const told = (invalidation: object, result = 'applied', namespace = 'shop'): unknown => ({
      namespace,
      invalidation,
      result,
    })
    expect(events).toEqual([
      told({ kind: 'remove', keys: ['a'] }),
      told({ kind: 'remove', keys: ['a', 'b'] }),
      told({ kind: 'expire', key: 'a' }),
      told({ kind: 'tags', tags: ['t', 'u'], soft: false }),
      told({ kind: 'tags', tags: ['t'], soft: true }),
      told({ kind: 'clear' }, 'applied', 'shop.child'),
      told({ kind: 'remove', keys: ['c'] }, 'queued'),
    ])
  })
})

describe('strata:tier', () => {
  test('tells what the second tier failed at, and why', async () => {
    const { cache, remote } = openBoth()
    const events = listen('strata:tier')
    remote.fail('timeout')
    await cache.get('k')
    expect(events).toEqual([
      {
        namespace: 'default',
        tier: 'redis',
        reason: 'timeout',
        error: expect.objectContaining({ code: 'STRATA_TIER_UNAVAILABLE' }),
      },
    ])
  })
})
