import { describe, expect, it } from 'vitest'
import { ClosedError, InvalidKeyError } from '../../../src/index.js'
import { settle } from '../../support/manual-clock.js'
import { openBoth, openMemory, rejectionOf, slowLoader, stateOf } from './harness.js'

describe('inspect, memory only', () => {
  it('shows a fresh entry, its instants in wall-clock time', async () => {
    const { cache, clock } = openMemory({ namespace: 'shop', ttl: '1m', grace: '1h' })
    const storedAt = clock.wall()
    await cache.set('k', { secret: 'x' }, { tags: ['a', 'b'] })
    clock.advance(5)
    const seen = await cache.inspect('k')
    expect(seen).toEqual({
      key: 'k',
      namespace: 'shop',
      redisKey: undefined,
      outcome: 'hit',
      tier: 'memory',
      memory: {
        standing: 'hit',
        id: '',
        storedAt,
        freshUntil: storedAt + 60_000,
        staleUntil: storedAt + 3_660_000,
        loadTime: 0,
        tags: ['a', 'b'],
        size: expect.any(Number) as number,
        trusted: true,
        unheard: false,
      },
      redis: undefined,
      flight: undefined,
      resting: undefined,
      queue: { depth: 0 },
      bus: cache.stats().bus,
      why: [],
    })
    expect(JSON.stringify(seen)).not.toContain('secret')
  })

  it('shows nothing where nothing is', async () => {
    const { cache } = openMemory()
    expect(await cache.inspect('k')).toMatchObject({
      outcome: 'miss',
      tier: undefined,
      memory: undefined,
      why: ['memory: nothing there'],
    })
    const without = openMemory({ memory: false }).cache
    expect((await without.inspect('k')).why).toEqual(['memory: there is none (memory: false)'])
  })

  const states: readonly (readonly [
    string,
    (opened: ReturnType<typeof openMemory>) => unknown,
    object,
    string,
  ])[] = [
    [
      'past its ttl',
      ({ clock }) => clock.advance(60_100),
      { outcome: 'stale', tier: 'memory', memory: { standing: 'stale' } },
      'memory: stale for 100 ms',
    ],
    [
      'expired',
      ({ cache }) => cache.expire('k'),
      { outcome: 'stale', memory: { standing: 'stale', freshUntil: 0 } },
      'memory: stale, its freshness was ended (expire, or a soft invalidation)',
    ],
    [
      'softly invalidated',
      ({ cache }) => cache.invalidateTags('t', { soft: true }),
      { outcome: 'stale', memory: { standing: 'stale', freshUntil: 0 } },
      'memory: stale, its freshness was ended (expire, or a soft invalidation)',
    ],
    [
      'invalidated by a tag',
      ({ cache }) => cache.invalidateTags('t'),
      { outcome: 'miss', memory: { standing: 'revoked' } },
      "memory: tag 't' was invalidated since it was stored",
    ],
    [
      'gone',
      ({ clock }) => clock.advance(120_000),
      { outcome: 'miss', memory: { standing: 'gone' } },
      'memory: its time is over',
    ],
  ]

  it.each(states)(
    'shows an entry that is %s as a read would find it',
    async (_, bring, is, why) => {
      const opened = openMemory({ ttl: '1m', grace: '1m' })
      const { cache } = opened
      await cache.set('k', 1, { tags: ['t'] })
      await bring(opened)
      const seen = await cache.inspect('k')
      expect(seen).toMatchObject(is)
      expect(seen.why).toEqual([why])
      expect(await cache.inspect('k')).toEqual(seen)
      expect((await cache.read('k', () => 2)).outcome).toBe(seen.outcome)
    },
  )

  it('tells a cleared namespace from a tag, where others keep memory filled', async () => {
    const { cache } = openMemory()
    cache.namespace('child')
    await cache.set('k', 1, { tags: ['t'] })
    await cache.clear()
    expect((await cache.inspect('k')).why).toEqual([
      'memory: the namespace was cleared since it was stored',
    ])
  })

  it('tells of an early refresh that is due', async () => {
    const { cache, clock } = openMemory({ ttl: '1m' }, { random: () => 0.999 })
    const load = slowLoader()
    void cache.get('k', load, { earlyRefresh: 1 })
    await settle()
    clock.advance(1_000)
    load.runs[0]?.resolve(1)
    await settle()
    clock.advance(59_900)
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({ outcome: 'hit', tier: 'memory', memory: { standing: 'due' } })
    expect(seen.why).toEqual(['memory: fresh, and due to be loaded ahead of time (earlyRefresh)'])
  })

  it('shows the load under way, and that it was overtaken', async () => {
    const { cache, clock } = openMemory()
    const load = slowLoader()
    const startedAt = clock.wall()
    void cache.get('k', load)
    void cache.get('k', load)
    await settle()
    clock.advance(120)
    const seen = await cache.inspect('k')
    expect(seen.flight).toEqual({ riders: 2, startedAt, revoked: false })
    expect(seen.why).toContain('here: a load has been under way for 120 ms, 2 callers waiting')
    await cache.delete('k')
    const later = await cache.inspect('k')
    expect(later.flight?.revoked).toBe(true)
    expect(later.why.join()).toContain('an invalidation has overtaken it')
    load.runs[0]?.resolve(1)
    await settle()
    expect((await cache.inspect('k')).flight).toBeUndefined()
  })

  it('shows a key that rests after a failed load', async () => {
    const { cache, clock } = openMemory({ ttl: '1s', grace: '1h', retryAfter: '5s' })
    await cache.set('k', 1)
    clock.advance(2_000)
    const fail = (): never => {
      throw new Error('no')
    }
    await cache.get('k', fail)
    await settle()
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({ outcome: 'stale', resting: 5_000 })
    expect(seen.why).toContain('here: the last load failed, a stale value is used for 5000 ms more')
  })

  it('keeps namespaces apart', async () => {
    const { cache } = openMemory({ namespace: 'shop' })
    const child = cache.namespace('eu')
    await child.set('k', 1)
    expect((await cache.inspect('k')).memory).toBeUndefined()
    expect(await child.inspect('k')).toMatchObject({ namespace: 'shop.eu', outcome: 'hit' })
  })

  it('is no use of the entry and no read', async () => {
    const { cache } = openMemory({ memory: { maxEntries: 2 } })
    await cache.set('a', 1)
    await cache.set('b', 1)
    const before = cache.stats()
    await cache.inspect('a')
    await cache.inspect('nothing')
    expect(cache.stats()).toEqual(before)
    await cache.set('c', 1)
    expect(cache.peek('a')).toBeUndefined()
    expect(cache.peek('b')).toBe(1)
  })

  it('leaves what is dead in memory where it lies', async () => {
    const { cache, clock } = openMemory({ ttl: '1s' })
    cache.namespace('child')
    await cache.set('k', 1)
    clock.advance(5_000)
    await cache.inspect('k')
    expect(cache.stats().memory.entries).toBe(1)
  })

  it('rejects for a key that is none and for a closed cache, and for nothing else', async () => {
    const { cache } = openMemory()
    expect(await rejectionOf(cache.inspect(''))).toBeInstanceOf(InvalidKeyError)
    await cache.close()
    expect(await rejectionOf(cache.inspect('k'))).toBeInstanceOf(ClosedError)
  })
})

describe('inspect, memory that cannot be trusted', () => {
  async function openBlind(whenBlind: 'stale' | 'refuse' = 'stale', grace = 60_000) {
    const opened = openBoth({ ttl: '1m', coherence: { whenBlind } })
    await opened.cache.set('k', 1, { grace })
    return opened
  }

  it('says since when nothing was heard', async () => {
    const { cache, engine, clock } = await openBlind()
    engine.trust.prove(clock.now(), 2_000, clock.now())
    const heard = new Date(clock.wall()).toISOString()
    engine.trust.coherentUntil = clock.now()
    const seen = await cache.inspect('k')
    expect(seen.memory).toMatchObject({ standing: 'untrusted', trusted: false })
    expect(seen.bus.coherent).toBe(false)
    expect(seen.why).toContain(`memory: not trusted: no sign of life from the bus since ${heard}`)
  })

  it('says why, where that is known', async () => {
    const { cache, engine, clock } = await openBlind()
    engine.trust.coherentUntil = clock.now()
    engine.trust.doubt('the connection of the bus was lost')
    expect((await cache.inspect('k')).why).toContain(
      'memory: not trusted: no sign of life from the bus (the connection of the bus was lost)',
    )
  })

  it('says that messages may have been missed before the bus came back', async () => {
    const { cache, engine } = await openBlind()
    engine.trust.raise(Infinity)
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({ memory: { standing: 'untrusted' }, bus: { coherent: true } })
    expect(seen.why.join()).toContain('invalidations may have been missed since it was stored')
  })

  it.each([
    ['with grace', 'stale', 60_000, 'stale'],
    ['without grace', 'stale', 0, 'miss'],
    ["under 'refuse'", 'refuse', 60_000, 'miss'],
  ] as const)(
    'tells what a read finds while redis is away, %s',
    async (_, blind, grace, outcome) => {
      const { cache, engine, clock, remote } = await openBlind(blind, grace)
      engine.trust.coherentUntil = clock.now()
      remote.fail('timeout')
      const seen = await cache.inspect('k')
      expect(seen.redis).toEqual({
        kind: 'unavailable',
        reason: 'timeout',
        message: 'inspect failed as told',
      })
      expect(seen.why).toContain('redis: unavailable (timeout): inspect failed as told')
      expect(seen.outcome).toBe(outcome)
      expect((await cache.read('k', () => 2)).outcome).toBe(outcome)
    },
  )

  it('shows what lives briefly because redis did not take it', async () => {
    const { cache, remote } = openBoth()
    remote.fail('connection', true)
    await cache.get('k', () => 1)
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({ outcome: 'hit', memory: { unheard: true, id: '' } })
    expect(seen.why).toContain('memory: not in redis, which was away or refused it: lives briefly')
  })

  it('shows invalidations that redis has still to be told', async () => {
    const { cache, remote } = openBoth({ throwOnCacheError: true })
    remote.fail('connection')
    await cache.delete('k')
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({ queue: { depth: 1 }, outcome: 'error', tier: undefined })
    expect(seen.why).toContain('redis: not read, 1 invalidation must be told to it first')
    expect(seen.why).toContain('here: reads reject while redis is away (throwOnCacheError)')
    expect(await stateOf(cache.get('k', () => 1))).toBe('rejected')
  })

  it('reports and counts nothing when redis does not answer', async () => {
    const { cache, remote, errors } = openBoth()
    remote.fail('refused')
    const before = cache.stats()
    await cache.inspect('k')
    expect(cache.stats()).toEqual(before)
    expect(errors).toEqual([])
  })
})
