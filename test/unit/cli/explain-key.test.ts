import { describe, expect, it } from 'vitest'
import { explainKey, lifetime } from '../../../src/cli/explain-key.js'
import { formatSteps } from '../../../src/cli/format-steps.js'
import { createCache } from '../../../src/index.js'
import { inspectKey, type KeyInspection } from '../../../src/service/inspect-key.js'

const AT = 1_000_000

const NOTHING: KeyInspection = {
  at: AT,
  key: 'k',
  namespace: 'strata.shop',
  redisKey: 's1:strata.shop:e:{k}',
  outcome: 'miss',
  tier: undefined,
  memory: undefined,
  redis: { kind: 'absent' },
  flight: undefined,
  resting: undefined,
  queue: { depth: 0 },
  bus: {
    transport: 'publish',
    coherent: true,
    lastProofAt: AT,
    reason: undefined,
    epoch: 1,
    lag: 0,
  },
  why: ['memory: nothing there', 'redis: nothing there'],
  value: undefined,
}

const VALUE = {
  kind: 'value',
  standing: 'stale',
  id: 'abc',
  storedAt: AT - 60_000,
  freshUntil: AT - 10_000,
  staleUntil: AT + 30_000,
  loadTime: 5,
  bytes: 2_048,
  left: 30_000,
  record: {
    head: 'SRE1',
    frame: 1,
    flags: 2,
    body: 'msgpack',
    bodyBytes: 1_900,
    compressed: true,
    hashed: false,
  },
  lease: { token: 'ab', left: 1_500, awaited: false },
  resting: undefined,
  versions: [{ kind: 'tag', name: 't', builtUnder: 'a.b', now: 'a.c', standing: 'soft' }],
} as const

function textOf(seen: Partial<KeyInspection>): string {
  return formatSteps(explainKey({ ...NOTHING, ...seen }))
}

describe('explainKey', () => {
  it('tells of a key that is nowhere', () => {
    expect(textOf({})).toBe(`key        "k" (1 byte)
namespace  strata.shop
redis key  s1:strata.shop:e:{k}
memory     nothing there
redis      nothing there
a get      a miss: the loader would run
because    memory: nothing there
           redis: nothing there
`)
  })

  it('tells of a stale value in Redis that somebody loads anew', () => {
    const text = textOf({ outcome: 'stale', tier: 'redis', redis: VALUE, why: [] })
    expect(text).toContain(`redis      a stale value
           - stored 1m ago, stale for 10s, usable as stale for 30s more
           - record: SRE1, 2.0 KB, compressed
           - tag 't': built under a.b, now a.c: softly invalidated
           - somebody loads a new one, 1s left
a get      stale from redis while a load makes a new one; without a loader a miss
`)
  })

  it.each<[string, Partial<KeyInspection>, string]>([
    ['no Redis', { redis: undefined }, 'redis      there is none'],
    [
      'Redis away',
      { redis: { kind: 'unavailable', reason: 'timeout', message: 'no reply' } },
      'redis      no answer (timeout): no reply',
    ],
    [
      'a load elsewhere',
      { redis: { kind: 'lease', lease: VALUE.lease, bytes: 75, left: 1 } },
      'redis      no value; somebody loads it, 1s left',
    ],
    [
      'a load that is over',
      { redis: { kind: 'lease', lease: undefined, bytes: 75, left: 1 } },
      'the lease of a load that brought none',
    ],
    [
      'a failure',
      { redis: { kind: 'failure', failure: { name: 'DbError' }, bytes: 75, left: 1 } },
      'a load has just failed (DbError)',
    ],
    [
      'foreign bytes',
      { redis: { kind: 'unreadable', fault: 'wrong-type', bytes: 0, left: 1 } },
      'something that cannot be read (wrong-type)',
    ],
    ['a queue', { queue: { depth: 2 } }, '- not read: 2 invalidations must be told to it first'],
    [
      'a load here',
      { flight: { riders: 3, startedAt: AT - 250, revoked: true } },
      'load       runs here for 250ms, 3 callers wait, overtaken by an invalidation',
    ],
    ['a rest', { resting: 700 }, 'rest       a load has failed; none is tried for 700ms'],
    ['an error', { outcome: 'error' }, 'a get      rejects: Redis is away'],
  ])('tells of %s', (_, seen, line) => {
    expect(textOf(seen)).toContain(line)
  })

  it('tells of a real key in memory', async () => {
    const cache = createCache({ namespace: 'strata' })
    await cache.set('k', { a: 1 }, { ttl: '1h', tags: ['t'], jitter: 0 })
    const before = cache.stats().reads
    const seen = await inspectKey(cache, 'k')
    expect(cache.stats().reads).toEqual(before)
    expect(seen.value).toMatchObject({ type: 'application/json', preview: '{"a":1}', cut: false })
    const text = formatSteps(explainKey(seen))
    expect(text).toMatch(/memory +fresh: the read ends here/)
    expect(text).toMatch(/- tags: t/)
    expect(text).toMatch(/a get +a hit from memory, fresh for 59m 59s more/)
    await cache.close()
  })
})

describe('lifetime', () => {
  it.each([
    [AT + 1_000, AT + 1_000, 'stored 1m ago, fresh for 1s more'],
    [AT + 1_000, AT + 3_000, 'stored 1m ago, fresh for 1s more, then stale for 2s'],
    [AT - 1_000, AT - 1_000, 'stored 1m ago, stale for 1s'],
    [0, AT + 1_000, 'stored 1m ago, made stale by an invalidation, usable as stale for 1s more'],
  ])('fresh until %d, stale until %d: %s', (freshUntil, staleUntil, text) => {
    expect(lifetime({ storedAt: AT - 60_000, freshUntil, staleUntil }, AT)).toBe(text)
  })
})
