import { describe, expect, test, vi } from 'vitest'
import { createCache } from '../../../src/create-cache.js'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, openMemory, rejectionOf, slowLoader } from './harness.js'

describe.each([
  ['memory only', openMemory],
  ['both tiers', openBoth],
])('a cache (%s)', (_, open) => {
  test('get finds nothing at first, then what was set', async () => {
    const { cache } = open()
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.set('k', { n: 1 })).toBe('applied')
    expect(await cache.get('k')).toEqual({ n: 1 })
  })

  test('a hit gives the same promise and value each time', async () => {
    const { cache } = open()
    await cache.set('k', { n: 1 })
    expect(cache.get('k')).toBe(cache.get('k'))
    expect(await cache.get('k')).toBe(await cache.get('k'))
  })

  test('read tells what became of it', async () => {
    const { cache, clock, engine } = open()
    expect(await cache.read('k')).toEqual({
      value: undefined,
      outcome: 'miss',
      tier: undefined,
      collapsed: false,
      incoherent: false,
      revoked: false,
      storedAt: undefined,
      freshUntil: undefined,
      staleUntil: undefined,
      tags: [],
      id: undefined,
    })
    const now = clock.wall()
    expect(await cache.read('k', () => 'value', { ttl: '1m', tags: ['t'] })).toEqual({
      value: 'value',
      outcome: 'miss',
      tier: 'loader',
      collapsed: false,
      incoherent: false,
      revoked: false,
      storedAt: now,
      freshUntil: now + 60_000,
      staleUntil: now + 60_000,
      tags: ['t'],
      id: engine.remote === undefined ? undefined : expect.stringMatching(/^[\w-]{12}$/),
    })
    expect(await cache.read('k')).toMatchObject({ outcome: 'hit', tier: 'memory' })
  })

  test('a call that joined another is told so', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const calls = [cache.read('k', load), cache.read('k', load)]
    await settle()
    load.runs[0]!.resolve('value')
    const readings = await Promise.all(calls)
    expect(readings.map(({ collapsed }) => collapsed)).toEqual([false, true])
    expect(readings[1]).toEqual({ ...readings[0], collapsed: true })
  })

  test('peek is synchronous and counts as no read', async () => {
    const { cache } = open()
    expect(cache.peek('k')).toBeUndefined()
    await cache.set('k', null)
    expect(cache.peek('k')).toBeNull()
    expect(cache.stats().reads).toEqual({})
  })

  test('has tells whether get would find a value', async () => {
    const { cache } = open()
    expect(await cache.has('k')).toBe(false)
    await cache.set('k', null)
    expect(await cache.has('k')).toBe(true)
    await cache.expire('k')
    expect(await cache.has('k')).toBe(false)
    expect(cache.stats().reads).toEqual({ miss: { none: 2 }, hit: { memory: 1 } })
  })

  test('delete takes away one key, in every process', async () => {
    const { cache } = open()
    await cache.setMany(['a', 'b'].map((key) => ({ key, value: key })))
    expect(await cache.delete('a')).toBe('applied')
    expect(await cache.delete('absent')).toBe('applied')
    expect(await cache.has('a')).toBe(false)
    expect(await cache.has('b')).toBe(true)
  })

  test('set replaces value, lifetime and tags', async () => {
    const { cache, clock } = open()
    await cache.set('k', 'one', { ttl: '10s', tags: ['one'] })
    await cache.set('k', 'two', { ttl: '1h', tags: ['two'] })
    await cache.invalidateTags('one')
    clock.advance(11_000)
    expect(await cache.read('k')).toMatchObject({ value: 'two', tags: ['two'] })
  })

  test('reads of nothing are counted as such', async () => {
    const { cache } = open()
    await cache.get('k')
    await cache.get('k', () => 1)
    await cache.get('k', () => 1)
    await rejectionOf(cache.get('x', () => Promise.reject(new Error('failed'))))
    const stats = cache.stats()
    expect(stats).toMatchObject({
      namespace: 'default',
      reads: { miss: { none: 1, loader: 1 }, hit: { memory: 1 }, error: { none: 1 } },
      loads: 2,
      loadFailures: 1,
      revoked: 0,
      recordFaults: 0,
      bus: { transport: 'none', coherent: true },
      queue: { depth: 0 },
    })
    expect(JSON.parse(JSON.stringify(stats))).toMatchObject({ loads: 2 })
    await cache.get('k')
    expect(stats.reads.hit).toEqual({ memory: 1 })
  })
})

describe('the second tier', () => {
  test('has what another process stored', async () => {
    const both = openBoth()
    await openBeside(both).cache.get('k', () => ({ list: [1, new Date(0)] }))
    const load = vi.fn(() => ({ list: [] as unknown[] }))
    expect(await both.cache.get('k', load)).toEqual({ list: [1, new Date(0)] })
    expect(load).not.toHaveBeenCalled()
    expect(both.cache.stats().reads).toEqual({ hit: { redis: 1 } })
  })

  test('is asked once for a key: what was found is promoted', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('k', 'value')
    await both.cache.get('k')
    await both.cache.get('k')
    expect(both.cache.peek('k')).toBe('value')
    expect(both.remote.calls.read).toBe(1)
  })

  test('with a record that cannot be read: a counted miss, the loader runs', async () => {
    const both = openBoth()
    await both.cache.set('k', 'value')
    const { entries } = both.remote.of('default')
    const held = entries.get('k')!
    const value = { ...held.entry.value, bytes: Buffer.from([0xc1, 0xff]) }
    entries.set('k', { ...held, entry: { ...held.entry, value } })
    const beside = openBeside(both).cache
    expect(await beside.get('k', () => 'loaded')).toBe('loaded')
    expect(beside.stats().recordFaults).toBe(1)
    expect(await openBeside(both).cache.get('k')).toBe('loaded')
  })

  test('keeps what is compressed, and gives it back', async () => {
    const options = { codec: { compression: { minBytes: '1kb' } } } as const
    const both = openBoth(options)
    const text = 'text '.repeat(10_000)
    await both.cache.set('k', text)
    const bytes = both.remote.of('default').entries.get('k')?.entry.value.bytes
    expect(bytes?.length).toBeLessThan(1_000)
    expect((await openBeside(both, options).cache.get('k')) === text).toBe(true)
    expect((await openBeside(both).cache.get('k')) === text).toBe(true)
  })

  test('is told by ready and stats', async () => {
    const both = openBoth()
    expect(await both.cache.ready()).toEqual({ redis: 'ready' })
    expect(both.cache.stats().redis).toEqual({ state: 'ready', breaker: 'closed' })
    both.remote.fail('connection')
    expect(await both.cache.ready()).toMatchObject({ redis: 'unavailable', reason: 'connection' })
    expect(both.cache.stats().redis).toEqual({ state: 'unavailable', breaker: 'open' })
    const { cache } = openMemory()
    expect(await cache.ready()).toEqual({ redis: 'none' })
    expect(cache.stats().redis).toEqual({ state: 'none', breaker: undefined })
  })
})

describe('warm', () => {
  test.each([
    ['an array', ['a', 'b', 'c']],
    ['a Set', new Set(['a', 'b', 'c'])],
    [
      'an async iterable',
      (async function* () {
        yield* ['a', 'b', 'c']
      })(),
    ],
  ])('reads each key of %s with the loader', async (_, keys) => {
    const { cache } = openMemory()
    await cache.set('b', 'there')
    const load = vi.fn(({ key }: { key: string }) => `loaded ${key}`)
    expect(await cache.warm(keys, { load })).toEqual({ done: 3, failed: 0 })
    expect(['a', 'b', 'c'].map((key) => cache.peek(key))).toEqual(['loaded a', 'there', 'loaded c'])
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('runs a bounded number of loads at once', async () => {
    const { cache } = openMemory()
    for (const [concurrency, bound] of [
      [undefined, 8],
      [1, 1],
      [3, 3],
    ] as const) {
      let now = 0
      let most = 0
      const load = async (): Promise<number> => {
        most = Math.max(most, ++now)
        await settle()
        now--
        return 1
      }
      const keys = Array.from({ length: 30 }, (_, i) => `${bound}:${i}`)
      await cache.warm(keys, concurrency === undefined ? { load } : { load, concurrency })
      expect(most).toBe(bound)
    }
  })

  test('counts what fails and goes on, and tells how far it is', async () => {
    const { cache } = openMemory()
    const told: unknown[] = []
    const load = ({ key }: { key: string }): string => {
      if (key === 'b') throw new Error('failed')
      return key
    }
    const options = { load, concurrency: 1, onProgress: (p: unknown) => void told.push(p) }
    expect(await cache.warm(['a', 'b', '', 'c'], options)).toEqual({ done: 2, failed: 2 })
    expect(told).toEqual([
      { done: 1, failed: 0 },
      { done: 1, failed: 1 },
      { done: 1, failed: 2 },
      { done: 2, failed: 2 },
    ])
    expect(cache.peek('c')).toBe('c')
  })

  test('of nothing does nothing', async () => {
    const { cache } = openMemory()
    expect(await cache.warm([], { load: () => 1 })).toEqual({ done: 0, failed: 0 })
  })
})

describe('the context of a load', () => {
  test('skip: the value is returned and not stored', async () => {
    const both = openBoth()
    const reading = await both.cache.read('k', (ctx) => {
      ctx.skip()
      return 'value'
    })
    expect(reading).toMatchObject({ value: 'value', outcome: 'miss', storedAt: undefined })
    expect(await both.cache.has('k')).toBe(false)
    expect(both.remote.calls.write).toBe(0)
  })

  test('skip leaves a stale value where it is', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h', softTimeout: false })
    await cache.set('k', 'old')
    clock.advance(61_000)
    const skipping = (ctx: { skip(): void }): string => {
      ctx.skip()
      return 'new'
    }
    expect(await cache.get('k', skipping)).toBe('new')
    expect(await cache.get('k', () => Promise.reject(new Error('failed')))).toBe('old')
  })

  test('tag adds to the tags of the call, in every tier', async () => {
    const both = openBoth()
    await both.cache.get(
      'k',
      (ctx) => {
        ctx.tag('a', 'b')
        ctx.tag('a')
        return 'value'
      },
      { tags: ['t'] },
    )
    const beside = openBeside(both).cache
    expect((await beside.read('k')).tags).toEqual(['t', 'a', 'b'])
    await beside.invalidateTags('b')
    expect(await openBeside(both).cache.has('k')).toBe(false)
  })

  test.each<
    [
      string,
      (ctx: { tag(...tags: string[]): void; ttl(d: never): void; grace(d: never): void }) => void,
      string,
    ]
  >([
    ['a bad tag', (ctx) => ctx.tag(''), 'tags'],
    ['too many tags', (ctx) => ctx.tag(...Array.from({ length: 33 }, (_, i) => `${i}`)), 'tags'],
    ['a bad ttl', (ctx) => ctx.ttl(-1 as never), 'ttl'],
    ['a bad grace', (ctx) => ctx.grace('soon' as never), 'grace'],
  ])('%s ends the load as failed', async (_, say, option) => {
    const { cache } = openMemory()
    const error = await rejectionOf(
      cache.get('k', (ctx) => {
        say(ctx)
        return 1
      }),
    )
    expect(error).toMatchObject({ code: 'STRATA_INVALID_OPTION', option })
    expect(await cache.has('k')).toBe(false)
  })

  test('its methods need no receiver the caller could lose', async () => {
    const { cache } = openMemory()
    const call = cache.get('k', ({ key, signal }) => ({ key, aborted: signal.aborted }))
    expect(await call).toEqual({ key: 'k', aborted: false })
  })
})

describe('createCache', () => {
  test('without options keeps in memory, on the real clock', async () => {
    const cache = createCache()
    expect(await cache.get('k', () => ({ n: 1 }))).toEqual({ n: 1 })
    expect(await cache.read('k')).toMatchObject({ outcome: 'hit', tier: 'memory' })
    expect(cache.stats().redis.state).toBe('none')
    const { storedAt } = await cache.read('k')
    expect(Math.abs(Date.now() - (storedAt ?? 0))).toBeLessThan(60_000)
    await cache.close()
  })

  test('two caches of one process keep nothing in common', async () => {
    const [one, two] = [createCache(), createCache()]
    await one.set('k', 1)
    expect(await two.get('k')).toBeUndefined()
    await Promise.all([one.close(), two.close()])
  })
})
