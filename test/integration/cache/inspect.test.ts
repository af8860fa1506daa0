import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache, Inspection, ValueFinding } from '../../../src/index.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { gate as newGate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('inspect with Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let client: Redis
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port)
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
  })
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  const open = (options: Parameters<Caches['open']>[0] = {}): Cache =>
    caches.open({
      namespace,
      ttl: '1m',
      grace: '1m',
      logger: false,
      redis: { url: server.url, ...PATIENT },
      ...options,
    }).cache
  const redisKey = (key: string): string => `s1:${namespace}:e:{${key}}`
  const valueOf = ({ redis }: Inspection): ValueFinding => {
    if (redis?.kind !== 'value') throw new Error(`it is ${redis?.kind}`)
    return redis
  }

  /** What a fresh process sees; and that a read there finds just that. */
  async function seenElsewhere(key = 'k'): Promise<Inspection> {
    const other = open()
    const seen = await other.inspect(key)
    const { outcome, tier } = await other.read(key, () => 'loaded')
    const found = outcome === 'miss' ? { outcome, tier: undefined } : { outcome, tier }
    expect(found).toEqual({ outcome: seen.outcome, tier: seen.tier })
    return seen
  }

  it('shows a value: where, how old, how long, under which versions', async () => {
    const cache = open({ codec: { compression: { minBytes: 100, quality: 5 } } })
    const before = Date.now()
    await cache.get('k', () => ({ secret: 'hidden '.repeat(100) }), { tags: ['a', 'b'] })
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({
      redisKey: redisKey('k'),
      outcome: 'hit',
      tier: 'memory',
      memory: { standing: 'hit', trusted: true, unheard: false },
      queue: { depth: 0 },
      bus: { transport: 'publish', coherent: true },
      why: [],
    })
    const value = valueOf(seen)
    expect(value).toMatchObject({
      standing: 'fresh',
      id: seen.memory?.id,
      bytes: await client.strlen(redisKey('k')),
      record: {
        head: 'SRE1',
        frame: 1,
        flags: 2,
        body: 'msgpack',
        compressed: true,
        hashed: false,
      },
      lease: undefined,
      resting: undefined,
    })
    expect(value.storedAt).toBeGreaterThan(before - 50)
    expect(value.freshUntil - value.storedAt).toBeGreaterThan(59_900)
    expect(value.staleUntil - value.freshUntil).toBe(60_000)
    expect(value.left).toBeGreaterThan(110_000)
    expect(value.versions.map(({ kind, name, standing }) => [kind, name, standing])).toEqual([
      ['namespace', namespace, 'good'],
      ['tag', 'a', 'good'],
      ['tag', 'b', 'good'],
    ])
    expect(value.versions.every(({ builtUnder, now }) => builtUnder === now)).toBe(true)
    expect(JSON.stringify(seen)).not.toContain('hidden')
    expect(await seenElsewhere()).toMatchObject({
      outcome: 'hit',
      tier: 'redis',
      memory: undefined,
      why: ['memory: nothing there'],
    })
  })

  it('shows nothing where nothing is', async () => {
    expect(await seenElsewhere()).toMatchObject({
      redis: { kind: 'absent' },
      why: ['memory: nothing there', 'redis: nothing there'],
    })
  })

  const endings: readonly (readonly [string, (cache: Cache) => unknown, object, string])[] = [
    [
      'expired',
      (cache) => cache.expire('k'),
      { standing: 'stale', freshUntil: 0 },
      'redis: stale, its freshness was ended (expire, or a soft invalidation)',
    ],
    [
      'softly invalidated',
      (cache) => cache.invalidateTags('posts', { soft: true }),
      { standing: 'stale' },
      "redis: stale, tag 'posts' was softly invalidated",
    ],
    [
      'invalidated by a tag',
      (cache) => cache.invalidateTags('posts'),
      { standing: 'ended' },
      "redis: the version of tag 'posts' it was built under is gone (invalidated, or evicted)",
    ],
    [
      'invalidated by a tag that lives again',
      async (cache) => {
        await cache.invalidateTags('posts')
        await cache.set('other', 1, { tags: ['posts'] })
      },
      { standing: 'ended' },
      "redis: built under an older version of tag 'posts'",
    ],
  ]

  it.each(endings)('shows a value that was %s', async (_, end, is, why) => {
    const cache = open()
    await cache.set('k', 1, { tags: ['posts'] })
    await end(cache)
    const seen = await seenElsewhere()
    expect(valueOf(seen)).toMatchObject(is)
    expect(seen.why).toEqual(['memory: nothing there', why])
  })

  it('shows a value of a namespace that was cleared', async () => {
    const cache = open()
    await cache.set('k', 1)
    await cache.clear()
    const seen = await seenElsewhere()
    expect(valueOf(seen).standing).toBe('ended')
    expect(seen.why).toContain(
      `redis: built under an older version of the namespace '${namespace}'`,
    )
  })

  it('shows a value past its ttl, and one that is stale without grace', async () => {
    const cache = open()
    await cache.set('k', 1, { ttl: 1 })
    await cache.set('bare', 1, { grace: 0, tags: ['posts'] })
    await cache.invalidateTags('posts', { soft: true })
    await until(async () => (await cache.inspect('k')).outcome === 'stale')
    expect((await seenElsewhere()).why.join()).toMatch(/redis: stale for \d+ ms/)
    const bare = await seenElsewhere('bare')
    expect(valueOf(bare).standing).toBe('gone')
    expect(bare.why).toContain('redis: stale without grace is gone')
  })

  it('shows that the namespace was written on another server', async () => {
    await open().set('k', 1)
    const version = await client.get(`s1:${namespace}:v`)
    await client.set(`s1:${namespace}:v`, version?.replace(/\.\w+$/, '.other') ?? '', 'PX', 60_000)
    const seen = await seenElsewhere()
    expect(valueOf(seen).versions[0]?.standing).toBe('ended')
    expect(seen.why.join()).toContain('was written on another server, and begins anew')
  })

  it.each([
    ['foreign text', 'foreign', (key: string) => client.set(key, 'hello, this is no record')],
    ['another version', 'version', (key: string) => client.set(key, 'SRE2' + 'x'.repeat(90))],
    ['a list', 'wrong-type', (key: string) => client.lpush(key, 'a')],
    [
      'a flipped bit',
      'corrupt',
      async (key: string) => {
        await open().set('k', 'some text')
        await client.setrange(key, 100, '~~~')
      },
    ],
  ])('shows what cannot be read: %s', async (_, fault, put) => {
    await put(redisKey('k'))
    const seen = await seenElsewhere()
    expect(seen.redis).toMatchObject({ kind: 'unreadable', fault })
    expect(seen.why).toContain(`redis: what stands there cannot be read (${fault})`)
  })

  it('shows the record of another key under a digest', async () => {
    const long = (end: string): string => 'x'.repeat(700) + end
    const cache = open()
    await cache.set(long('a'), 1)
    const [a, b] = await Promise.all([cache.inspect(long('a')), cache.inspect(long('b'))])
    expect(valueOf(a).record.hashed).toBe(true)
    await client.copy(a.redisKey ?? '', b.redisKey ?? '')
    expect((await cache.inspect(long('b'))).redis).toMatchObject({ fault: 'key-mismatch' })
  })

  it('shows the lease of a load, here and in another process', async () => {
    const [loading, other] = [open(), open()]
    const gate = newGate()
    const loaded = loading.get('k', () => gate.promise.then(() => 1))
    await until(() => client.exists(redisKey('k')))
    const seen = await other.inspect('k')
    expect(seen.redis).toMatchObject({ kind: 'lease', lease: { awaited: false } })
    const { lease } = seen.redis as { lease: { left: number; token: string } }
    expect(lease.left).toBeGreaterThan(500)
    expect(lease.token).toHaveLength(4)
    expect(seen.why[1]).toMatch(/^redis: no value; another process loads it, \d+ ms left$/)
    const here = await loading.inspect('k')
    expect(here.flight).toMatchObject({ riders: 1, revoked: false })
    expect(here.why.join()).toMatch(/redis: no value; a lease is held for the load of it, \d+ ms/)
    const waiting = other.get('k', () => 2)
    await until(async () => {
      const { redis } = await loading.inspect('k')
      return redis?.kind === 'lease' && redis.lease?.awaited === true
    })
    gate.open()
    expect(await Promise.all([loaded, waiting])).toEqual([1, 1])
    expect((await other.inspect('k')).flight).toBeUndefined()
  })

  it('shows a lease beside the stale value it is for, and a rest after a failed load', async () => {
    const [loading, other] = [open({ retryAfter: '30s' }), open()]
    await loading.set('k', 1)
    await loading.expire('k')
    const gate = newGate()
    await loading.get('k', () =>
      gate.promise.then(() => {
        throw new Error('no')
      }),
    )
    await until(async () => valueOf(await other.inspect('k')).lease !== undefined)
    const seen = await other.inspect('k')
    expect(seen).toMatchObject({ outcome: 'stale', tier: 'redis', redis: { standing: 'stale' } })
    expect(seen.why.join()).toMatch(/redis: another process loads it, \d+ ms left/)
    gate.open()
    await until(async () => valueOf(await other.inspect('k')).resting !== undefined)
    const later = await other.inspect('k')
    expect(valueOf(later)).toMatchObject({ lease: undefined })
    expect(later.why.join()).toMatch(/redis: a load has failed, nobody tries again for \d{4,5} ms/)
    expect((await loading.inspect('k')).resting).toBeGreaterThan(1_000)
  })

  it('shows the failure that is left for those who waited', async () => {
    const [loading, other] = [open({ shareErrorMessages: true }), open()]
    const gate = newGate()
    const failing = loading.get('k', () =>
      gate.promise.then(() => {
        throw new TypeError('a secret')
      }),
    )
    failing.catch(() => {})
    await until(() => client.exists(redisKey('k')))
    await client.setrange(redisKey('k'), 32, '1') // somebody who waits and does not come
    gate.open()
    await expect(failing).rejects.toThrow('a secret')
    await until(async () => (await other.inspect('k')).redis?.kind === 'failure')
    const seen = await other.inspect('k')
    expect(seen.redis).toMatchObject({ kind: 'failure', failure: { name: 'TypeError' } })
    expect(seen.why).toContain('redis: no value, a load has just failed (TypeError)')
    expect(JSON.stringify(seen)).not.toContain('secret')
  })

  it('does not trust what was kept while messages may have been lost, until Redis confirms it', async () => {
    const cache = open()
    await cache.set('k', 1)
    const { epoch } = cache.stats().bus
    await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => cache.stats().bus.epoch > epoch)
    const seen = await cache.inspect('k')
    expect(seen).toMatchObject({
      outcome: 'hit',
      tier: 'redis',
      bus: { coherent: true },
      memory: { standing: 'untrusted', trusted: false },
    })
    expect(seen.why).toEqual([
      'memory: not trusted: invalidations may have been missed since it was stored; the next read compares it with redis',
    ])
    expect(await cache.read('k')).toMatchObject({ outcome: 'hit', tier: 'redis' })
    expect(await cache.inspect('k')).toMatchObject({ tier: 'memory', why: [] })
  })

  it('shows that memory and Redis differ', async () => {
    const cache = open()
    await cache.set('k', 1)
    const record = await client.getBuffer(redisKey('k'))
    await client.del(redisKey('k'))
    expect((await cache.inspect('k')).why).toEqual([
      'redis: nothing there',
      'memory: still has a value, redis has none',
    ])
    record?.write('abcdefghijkl', 33)
    await client.set(redisKey('k'), record ?? '', 'PX', 60_000)
    expect(await cache.inspect('k')).toMatchObject({
      outcome: 'hit',
      redis: { id: 'abcdefghijkl' },
      why: ['memory: still has another value than redis'],
    })
  })

  it('changes nothing in Redis: not a byte, not a lifetime, not a version', async () => {
    const cache = open()
    await cache.set('k', 1, { tags: ['t'] })
    const version = await client.get(`s1:${namespace}:v`)
    const record = await client.getBuffer(redisKey('k'))
    await client.del(`s1:${namespace}:t:{t}`)
    await client.config('RESETSTAT')
    const fresh = open()
    await fresh.inspect('k')
    await fresh.inspect('none')
    const stats = await client.info('commandstats')
    expect(stats).not.toMatch(/cmdstat_(set|setrange|pexpire|psetex):/)
    expect(await client.get(`s1:${namespace}:v`)).toBe(version)
    expect(await client.getBuffer(redisKey('k'))).toEqual(record)
    expect(await client.exists(`s1:${namespace}:t:{t}`, redisKey('none'))).toBe(0)
    expect(fresh.stats()).toMatchObject({ reads: {}, memory: { entries: 0 }, recordFaults: 0 })
  })

  it('says that Redis is away, and never rejects', async () => {
    const nobody = open({ redis: { url: 'redis://127.0.0.1:1', connectTimeout: '200ms' } })
    const seen = await nobody.inspect('k')
    expect(seen).toMatchObject({
      redisKey: redisKey('k'),
      outcome: 'miss',
      redis: { kind: 'unavailable', reason: 'connection' },
    })
    expect(seen.why.join()).toContain('redis: unavailable (connection): connect ECONNREFUSED')
    const cache = open({ redis: { url: server.url, timeout: '50ms', connectTimeout: '20s' } })
    await cache.ready()
    await cache.set('k', 1)
    server.stop()
    const frozen = await cache.inspect('k')
    expect(frozen).toMatchObject({ outcome: 'hit', redis: { reason: 'timeout' } })
    server.cont()
  })
})
