import { describe, expect, it, vi } from 'vitest'
import {
  type Cache,
  ClosedError,
  InvalidOptionError,
  type MonitorStats,
} from '../../../src/index.js'
import { openBoth, openMemory, thrownBy } from './harness.js'

interface Row {
  readonly version: number
}

/** A source whose rows are changed without anybody being told. */
function openSource() {
  const rows = new Map<string, number>()
  const versionOf = {
    cached: (row: Row | null) => row?.version,
    source: (key: string) => rows.get(key),
  }
  return { rows, versionOf }
}

async function fill(cache: Cache, count: number, version = 1): Promise<void> {
  for (let i = 0; i < count; i++) await cache.set(`k${i}`, { version })
}

function counts({ checked, same, behind, overdue, unknown, failures }: MonitorStats) {
  return { checked, same, behind, overdue, unknown, failures }
}

const NONE = { checked: 0, same: 0, behind: 0, overdue: 0, unknown: 0, failures: 0 }

describe('monitor, against Redis', () => {
  it('finds the same in both', async () => {
    const { cache, clock } = openBoth()
    await fill(cache, 3)
    const monitor = cache.monitor({ interval: '1s' })
    expect(monitor.stats()).toEqual({ ...NONE, rounds: 0, examples: [] })
    await clock.advanceAsync(2_000)
    expect(monitor.stats()).toEqual({ ...NONE, rounds: 2, checked: 6, same: 6, examples: [] })
    monitor.stop()
    await clock.advanceAsync(5_000)
    expect(monitor.stats().rounds).toBe(2)
  })

  it.each(['other', 'absent'] as const)(
    'calls an entry overdue when it is still served after maxStaleness: %s',
    async (redis) => {
      const { cache, clock, remote, engine } = openBoth({ coherence: { maxStaleness: '3s' } })
      const hint = vi.spyOn(engine.voice, 'hint')
      const storedAt = clock.wall()
      await fill(cache, 2)
      const { entries } = remote.of('default')
      const held = entries.get('k1')!
      if (redis === 'absent') entries.delete('k1')
      else entries.set('k1', { ...held, entry: { ...held.entry, id: 'another-id--' } })
      const reports: number[] = []
      const monitor = cache.monitor({
        interval: '10s',
        onReport: ({ overdue }) => reports.push(overdue),
      })
      await clock.advanceAsync(10_000)
      const behindSince = clock.wall()
      expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 2, same: 1, behind: 1 })
      await clock.advanceAsync(2_999)
      expect(monitor.stats().overdue).toBe(0)
      await clock.advanceAsync(1)
      expect(monitor.stats()).toMatchObject({ behind: 1, overdue: 1 })
      expect(monitor.stats().examples).toEqual([
        {
          key: 'k1',
          id: expect.any(String) as string,
          redis,
          cached: undefined,
          source: undefined,
          storedAt,
          behindSince,
          seenAt: behindSince + 3_000,
        },
      ])
      expect(reports).toEqual([0, 1])
      expect(hint.mock.calls.map(([code]) => code)).toEqual(['STRATA_OVERDUE'])
    },
  )

  it.each<[string, (cache: Cache) => unknown]>([
    ['dropped', (cache) => cache.delete('k0')],
    ['made stale', (cache) => cache.expire('k0')],
    ['replaced', (cache) => cache.set('k0', { version: 2 })],
  ])('does not count what is %s within maxStaleness', async (_, bring) => {
    const { cache, clock, remote } = openBoth({ grace: '1h' })
    await fill(cache, 1)
    remote.of('default').entries.delete('k0')
    const monitor = cache.monitor({ interval: '1s' })
    await clock.advanceAsync(1_000)
    expect(monitor.stats().behind).toBe(1)
    await bring(cache)
    await clock.advanceAsync(10_000)
    expect(monitor.stats().overdue).toBe(0)
  })

  it('does not know what cannot be compared: Redis away, memory only, not heard', async () => {
    const { cache, clock, remote, errors } = openBoth()
    await cache.set('only', 1, { tiers: 'memory' })
    const monitor = cache.monitor({ interval: '1s' })
    await clock.advanceAsync(1_000)
    expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 1, unknown: 1 })
    await cache.set('k', 1)
    remote.fail('timeout')
    await clock.advanceAsync(1_000)
    remote.fail('connection', true)
    await cache.get('away', () => 1)
    await clock.advanceAsync(1_000)
    expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 6, unknown: 6 })
    expect(errors).toEqual([])
  })

  it('leaves out what memory does not answer with: stale, untrusted, dead', async () => {
    const { cache, clock, engine } = openBoth({ grace: '1h' })
    await cache.set('stale', 1)
    await cache.expire('stale')
    await cache.set('dead', 1, { tags: ['t'] })
    await cache.invalidateTags('t')
    const monitor = cache.monitor({ interval: '1s' })
    await clock.advanceAsync(1_000)
    await cache.set('k', 1)
    engine.trust.coherentUntil = clock.now()
    await clock.advanceAsync(1_000)
    expect(counts(monitor.stats())).toEqual(NONE)
  })

  it('is no use of the entries it looks at', async () => {
    const { cache, clock } = openBoth({ memory: { maxEntries: 2 } })
    await cache.set('a', 1)
    await cache.set('b', 1)
    const before = cache.stats()
    cache.monitor({ interval: '1s' })
    await clock.advanceAsync(1_000)
    expect(cache.stats()).toEqual({ ...before, bus: cache.stats().bus })
    await cache.set('c', 1)
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, 1])
  })
})

describe('monitor, against the source', () => {
  it('lets the source decide', async () => {
    const { cache, clock, remote } = openBoth()
    const { rows, versionOf } = openSource()
    await fill(cache, 2)
    remote.of('default').entries.clear() // evicted, which changes nothing
    rows.set('k0', 1).set('k1', 2)
    const monitor = cache.monitor({ interval: '1s', versionOf })
    await clock.advanceAsync(1_000)
    expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 2, same: 1, behind: 1 })
    await clock.advanceAsync(2_000)
    expect(monitor.stats()).toMatchObject({
      overdue: 1,
      examples: [{ key: 'k1', redis: 'absent', cached: '1', source: '2' }],
    })
  })

  it('works in memory alone', async () => {
    const { cache, clock } = openMemory()
    const { rows, versionOf } = openSource()
    await fill(cache, 1)
    rows.set('k0', 2)
    using monitor = cache.monitor({ interval: '500ms', versionOf })
    await clock.advanceAsync(2_500)
    expect(monitor.stats()).toMatchObject({ overdue: 1, examples: [{ redis: 'unknown' }] })
  })

  it('sees a row that is gone, and a null cached for none', async () => {
    const { cache, clock } = openMemory()
    const { rows, versionOf } = openSource()
    await cache.set('gone', { version: 1 })
    await cache.set('none', null)
    await cache.set('new', null)
    rows.set('new', 1)
    const monitor = cache.monitor({ interval: '1s', versionOf })
    await clock.advanceAsync(1_000)
    expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 3, same: 1, behind: 2 })
  })

  it.each<[string, { cached: () => number; source: () => unknown }]>([
    ['cached throws', { cached: thrower, source: () => 1 }],
    ['source throws', { cached: () => 1, source: thrower }],
    ['source rejects', { cached: () => 1, source: () => Promise.reject(new Error('no')) }],
    ['versions that cannot be compared', { cached: () => 1, source: () => 'a' }],
  ])('counts its errors and tells the first one: %s', async (_, versionOf) => {
    const { cache, clock, errors } = openMemory()
    await fill(cache, 3)
    const monitor = cache.monitor({ interval: '1s', versionOf: versionOf as never })
    await clock.advanceAsync(2_000)
    expect(counts(monitor.stats())).toEqual({ ...NONE, checked: 6, unknown: 6, failures: 6 })
    expect(errors).toHaveLength(1)
  })

  it('gives up a source that does not answer, and goes on', async () => {
    const { cache, clock } = openMemory()
    await fill(cache, 1)
    const source = (): Promise<never> => new Promise(() => {})
    const monitor = cache.monitor({ interval: '1s', versionOf: { cached: () => 1, source } })
    await clock.advanceAsync(6_000)
    expect(monitor.stats()).toMatchObject({ rounds: 1, unknown: 1, failures: 1 })
    await clock.advanceAsync(6_000)
    expect(monitor.stats().rounds).toBe(2)
  })

  it('asks so many sources at once, and hands copies of what can be changed', async () => {
    const { cache, clock } = openMemory({ memory: { copy: 'clone' } })
    await fill(cache, 10)
    let running = 0
    let most = 0
    const versionOf = {
      cached: (row: { version: number }) => row.version++,
      source: async () => {
        most = Math.max(most, ++running)
        await Promise.resolve()
        running--
        return 1
      },
    }
    const monitor = cache.monitor({ interval: '1s', versionOf, concurrency: 3 })
    await clock.advanceAsync(2_000)
    expect(most).toBe(3)
    expect(monitor.stats()).toMatchObject({ checked: 20, same: 20 })
  })
})

describe('monitor', () => {
  it('samples at random, all entries alike', async () => {
    let seed = 1
    const random = (): number => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
    const { cache, clock } = openMemory({ ttl: '1h' }, { random })
    await fill(cache, 50)
    const seen = new Map<string, number>()
    const source = (key: string): number => {
      seen.set(key, (seen.get(key) ?? 0) + 1)
      return 1
    }
    cache.monitor({ sample: 5, interval: '1s', versionOf: { cached: () => 1, source } })
    await clock.advanceAsync(400_000)
    expect(seen.size).toBe(50)
    expect([...seen.values()].every((times) => times > 20 && times < 65)).toBe(true)
  })

  it('looks at the keys it is told to, of its own namespace', async () => {
    const { cache, clock } = openMemory()
    const child = cache.namespace('eu')
    await cache.set('a:1', 1)
    await cache.set('b:1', 1)
    await child.set('a:1', 1)
    const keys: string[] = []
    const source = (key: string): number => keys.push(key)
    const versionOf = { cached: () => 1, source }
    cache.monitor({ interval: '1s', only: (key) => key.startsWith('a'), versionOf })
    await clock.advanceAsync(1_000)
    expect(keys).toEqual(['a:1'])
    const ofChild = child.monitor({ interval: '1s', only: thrower })
    await clock.advanceAsync(1_000)
    expect(ofChild.stats()).toMatchObject({ checked: 0, failures: 1 })
  })

  it('keeps the last 20 examples, one of each key', async () => {
    const { cache, clock } = openMemory({ ttl: '1h' })
    await fill(cache, 30)
    const versionOf = { cached: () => 1, source: () => 2 }
    const monitor = cache.monitor({ interval: '1s', versionOf })
    await clock.advanceAsync(20_000)
    const { examples, overdue } = monitor.stats()
    expect(new Set(examples.map(({ key }) => key)).size).toBe(20)
    expect(examples).toHaveLength(20)
    expect(overdue).toBeGreaterThan(30)
    expect(JSON.parse(JSON.stringify(monitor.stats()))).toEqual(monitor.stats())
  })

  it('survives a listener that throws', async () => {
    const { cache, clock, errors } = openMemory()
    const monitor = cache.monitor({ interval: '1s', onReport: thrower })
    await clock.advanceAsync(3_000)
    expect(monitor.stats()).toMatchObject({ rounds: 3, failures: 3 })
    expect(errors).toHaveLength(1)
  })

  it('ends with the cache, and leaves no timer', async () => {
    const { cache, clock } = openMemory()
    await fill(cache, 1)
    const monitor = cache.monitor({
      interval: '1s',
      versionOf: { cached: () => 1, source: () => 2 },
    })
    await clock.advanceAsync(1_000)
    expect(clock.waiting).toBe(2)
    await cache.close()
    expect(clock.waiting).toBe(0)
    monitor.stop()
    expect(thrownBy(() => cache.monitor())).toBeInstanceOf(ClosedError)
  })

  it('ends while a round is under way', async () => {
    const { cache, clock, remote } = openBoth()
    await fill(cache, 1)
    const release = remote.holdReply('inspect')
    const monitor = cache.monitor({ interval: '1s' })
    await clock.advanceAsync(1_000)
    monitor.stop()
    release()
    await clock.advanceAsync(5_000)
    expect(counts(monitor.stats())).toEqual(NONE)
    expect(clock.waiting).toBe(0)
  })

  it.each<[string, unknown]>([
    ['options', 1],
    ['nonsense', { nonsense: 1 }],
    ['sample', { sample: 0 }],
    ['sample', { sample: 1_001 }],
    ['interval', { interval: 99 }],
    ['interval', { interval: '2d' }],
    ['concurrency', { concurrency: 101 }],
    ['onReport', { onReport: 1 }],
    ['only', { only: 'a' }],
    ['versionOf', { versionOf: () => 1 }],
    ['versionOf.cached', { versionOf: { source: () => 1 } }],
    ['versionOf.source', { versionOf: { cached: () => 1, source: 1 } }],
    ['versionOf.more', { versionOf: { cached: () => 1, source: () => 1, more: 1 } }],
  ])('refuses a wrong %s', (option, options) => {
    const error = thrownBy(() => openMemory().cache.monitor(options as never))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as InvalidOptionError).option).toBe(option)
  })
})

function thrower(): never {
  throw new Error('no')
}
