import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { CacheProcess } from '../../support/cache-process.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import { callsDuring } from '../../support/redis-stats.js'

describeRedis('one Redis, several caches', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(async () => {
    await caches.close()
  })
  afterAll(() => server.close())

  const open = (options: Parameters<Caches['patient']>[1] = {}) =>
    caches.patient(server.url, { namespace, ...options })

  it('answers from Redis what another cache of this process stored', async () => {
    namespace = freshNamespace()
    const [first, second] = [open(), open()]
    await first.get('k', () => ({ n: 1 }), { tags: ['a', 'b'] })
    const reading = await second.read('k', noLoad)
    expect(reading).toMatchObject({
      value: { n: 1 },
      outcome: 'hit',
      tier: 'redis',
      collapsed: false,
      tags: ['a', 'b'],
    })
    expect(await second.read('k')).toMatchObject({ outcome: 'hit', tier: 'memory' })
    expect(second.stats()).toMatchObject({
      loads: 0,
      reads: { hit: { redis: 1, memory: 1 } },
      redis: { state: 'ready', breaker: 'closed' },
    })
  })

  it('answers from Redis what another process stored, and the other way round', async () => {
    namespace = freshNamespace()
    const cache = open()
    const other = await CacheProcess.start({ namespace, redis: { url: server.url, ...PATIENT } })
    const value = { when: new Date(5), map: new Map([[1, 'x']]), big: 2n ** 70n }
    await cache.get('mine', () => value)
    expect(await other.read('mine', 'loaded')).toMatchObject({
      value,
      outcome: 'hit',
      tier: 'redis',
    })
    expect(await other.set('theirs', value, { tags: ['t'] })).toBe('applied')
    expect(await cache.read('theirs', noLoad)).toMatchObject({ value, outcome: 'hit', tags: ['t'] })
    const third = open()
    expect(await other.invalidateTags(['t'])).toBe('applied')
    expect(await third.get('theirs')).toBeUndefined()
    expect(await third.get('mine')).toEqual(value)
    expect(await other.clear()).toBe('applied')
    expect(await open().get('mine')).toBeUndefined()
    await other.close()
  })

  it('loads and stores at once what rests after a failure and was then invalidated', async () => {
    namespace = freshNamespace()
    const [first, second] = [open({ memory: false }), open({ memory: false })]
    const options = { grace: '1h', softTimeout: false, retryAfter: '1h', tags: ['t'] } as const
    await first.get('k', () => 'old', options)
    await first.expire('k')
    const fails = (): never => {
      throw new Error('the origin is away')
    }
    expect(await first.get('k', fails, options)).toBe('old')
    expect(await second.read('k', noLoad, options)).toMatchObject({
      value: 'old',
      outcome: 'stale',
    })
    await first.invalidateTags('t')
    expect(await second.get('k', () => 'new', options)).toBe('new')
    expect(await first.get('k')).toBe('new')
  })

  it('promotes with the remaining lifetime', async () => {
    namespace = freshNamespace()
    const [first, second] = [open(), open()]
    const stored = await first.read('k', () => 1, { ttl: 2_000, grace: 3_000 })
    await sleep(600)
    const promoted = await second.read('k')
    // Redis time is known as an interval as wide as a round trip, of which the end that shortens life is taken.
    for (const instant of ['storedAt', 'freshUntil', 'staleUntil'] as const) {
      expect(promoted[instant] ?? 0).toBeLessThanOrEqual((stored[instant] ?? 0) + 2)
      expect(promoted[instant] ?? 0).toBeGreaterThan((stored[instant] ?? 0) - 200)
    }
    const left = (promoted.freshUntil ?? 0) - Date.now()
    expect(left).toBeLessThanOrEqual(1_402)
    await sleep(left + 20)
    expect(await second.get('k'), 'fresh longer than the first').toBeUndefined()
  })

  it('keeps a record in Redis no longer than its grace', async () => {
    namespace = freshNamespace()
    await open().get('k', () => 1, { ttl: 2_000, grace: 3_000 })
    const left = Number(await server.cli('PTTL', `s1:${namespace}:e:{k}`))
    expect(left).toBeGreaterThan(1_000)
    expect(left).toBeLessThanOrEqual(5_000)
  })

  const error = Object.assign(new TypeError('wrong'), { cause: new RangeError('why') })
  const values: readonly (readonly [string, unknown])[] = [
    ['null', null],
    ['false', false],
    ['zero', 0],
    ['the empty string', ''],
    ['a number', -1.5e300],
    ['NaN', Number.NaN],
    ['an infinity', Number.NEGATIVE_INFINITY],
    ['a string of any Unicode', 'a\u0000ü€😀\u2028{}%'],
    ['a bigint', -(2n ** 100n)],
    ['a Date', new Date(1_700_000_000_123)],
    ['a Map of Maps', new Map<unknown, unknown>([[{ a: 1 }, new Map([['x', [1n]]])]])],
    ['a Set', new Set([1, 'a', null])],
    ['a regular expression', /a\/b[c]/giu],
    ['an Error with its cause', error],
    ['a Buffer', Buffer.from([0, 1, 254, 255])],
    ['a Uint8Array', new Uint8Array([7, 8])],
    ['a Float64Array', new Float64Array([1.5, Number.NaN])],
    ['an ArrayBuffer', new Uint8Array([1, 2, 3]).buffer],
    ['nested plain data', { a: [{ b: { c: [null, true, 'x'] } }], d: {} }],
    ['an array with holes of undefined', [1, undefined, 3]],
    ['a long string', 'strata '.repeat(50_000)],
    ['a long Buffer', randomBytes(300_000)],
  ]

  it.each(values)('gives back %s as it was', async (_, value) => {
    namespace = freshNamespace()
    await open().get('k', () => value)
    const [reader] = [open()]
    const read = await reader.read('k')
    expect(read).toMatchObject({ outcome: 'hit', tier: 'redis' })
    expect(read.value).toStrictEqual(value)
    expect(await reader.get('k'), 'from memory').toStrictEqual(value)
    expect(await reader.has('k')).toBe(true)
  })

  it('reads compressed values without the option, and plain ones with it', async () => {
    namespace = freshNamespace()
    const plain = open()
    const compressing = open({ codec: { compression: { minBytes: 100 } } })
    const value = { text: 'strata '.repeat(5_000) }
    await compressing.get('compressed', () => value)
    await plain.get('plain', () => value)
    await compressing.get('small', () => 'tiny')
    expect(await plain.read('compressed')).toMatchObject({ value, tier: 'redis' })
    expect(await plain.read('small')).toMatchObject({ value: 'tiny', tier: 'redis' })
    expect(await compressing.read('plain')).toMatchObject({ value, tier: 'redis' })
    const size = (key: string): Promise<string> =>
      server.cli('STRLEN', `s1:${namespace}:e:{${key}}`)
    expect(Number(await size('compressed'))).toBeLessThan(Number(await size('plain')) / 10)
  })

  it('never touches Redis for tiers: memory', async () => {
    namespace = freshNamespace()
    const cache = open()
    await cache.ready()
    const calls = await callsDuring(server, async () => {
      expect(await cache.get('secret', () => 1, { tiers: 'memory' })).toBe(1)
      expect(await cache.get('secret', noLoad, { tiers: 'memory' })).toBe(1)
      expect(await cache.get('secret', noLoad)).toBe(1)
      const func = (): number => 2
      expect(await cache.get('function', () => func, { tiers: 'memory', tags: ['t'] })).toBe(func)
    })
    expect(calls).toEqual({})
    expect(await server.cli('KEYS', `*${namespace}*`)).toBe('')
    expect(await cache.set('other', 1, { tiers: 'memory' })).toBe('applied')
    expect(await server.cli('KEYS', `s1:${namespace}:e:*`)).toBe('')
  })

  it('works without memory', async () => {
    namespace = freshNamespace()
    const [first, second] = [open({ memory: false }), open({ memory: false })]
    let loads = 0
    const load = (): number => ++loads
    expect(await first.get('k', load, { tags: ['t'] })).toBe(1)
    expect(await first.read('k', load)).toMatchObject({ value: 1, outcome: 'hit', tier: 'redis' })
    expect(await second.read('k', load)).toMatchObject({ value: 1, outcome: 'hit', tier: 'redis' })
    expect(first.peek('k')).toBeUndefined()
    expect(await second.delete('k')).toBe('applied')
    expect(await first.get('k')).toBeUndefined()
    expect(await first.get('k', load, { tags: ['t'] })).toBe(2)
    expect(await second.invalidateTags('t')).toBe('applied')
    expect(await first.get('k', load)).toBe(3)
    expect(await second.clear()).toBe('applied')
    expect(await first.get('k')).toBeUndefined()
    expect(await first.set('k', 9)).toBe('applied')
    expect(await second.get('k')).toBe(9)
    expect(first.stats().memory).toEqual({ entries: 0, bytes: 0 })
  })

  it('ends the freshness of an entry for everybody', async () => {
    namespace = freshNamespace()
    const [first, second, third] = [open(), open(), open()]
    await first.get('k', () => 'old', { ttl: '1m', grace: '1m' })
    expect(await first.expire('k')).toBe('applied')
    expect(await second.get('k'), 'without a loader').toBeUndefined()
    expect(await second.has('k')).toBe(false)
    const stale = await second.read('k', () => 'new', { ttl: '1m', grace: '1m' })
    expect(stale).toMatchObject({ value: 'old', outcome: 'stale', tier: 'redis' })
    await expect.poll(() => third.get('k')).toBe('new')
    expect(await first.get('k')).toBe('new')
  })

  it('serves what was expired when the loader fails, within grace', async () => {
    namespace = freshNamespace()
    const [first, second] = [open(), open()]
    await first.get('k', () => 'old', { ttl: '1m', grace: '1m' })
    await first.expire('k')
    const failing = (): never => {
      throw new Error('down')
    }
    const reading = await second.read('k', failing, { softTimeout: '10s' })
    expect(reading).toMatchObject({ value: 'old', outcome: 'stale', tier: 'redis' })
  })

  it('does not serve what was expired when there is no grace', async () => {
    namespace = freshNamespace()
    const [first, second] = [open(), open()]
    await first.get('k', () => 'old', { ttl: '1m', grace: 0 })
    await first.expire('k')
    expect(await second.get('k', () => 'new'), 'another cache').toBe('new')
    await first.set('l', 'old', { ttl: '1m', grace: 0 })
    await first.expire('l')
    expect(await first.get('l', () => 'new'), 'the same cache').toBe('new')
  })

  it('keeps namespaces apart', async () => {
    namespace = freshNamespace()
    const [a, b] = [open(), caches.patient(server.url, { namespace: freshNamespace() })]
    const child = a.namespace('child')
    for (const [cache, value] of [
      [a, 'a'],
      [b, 'b'],
      [child, 'child'],
    ] as const) {
      await cache.set('k', value, { tags: ['t'] })
    }
    const reopened = open()
    expect(await reopened.get('k')).toBe('a')
    expect(await reopened.namespace('child').get('k')).toBe('child')
    await b.delete('k')
    await child.invalidateTags('t')
    expect(await open().get('k')).toBe('a')
    expect(await open().namespace('child').get('k')).toBeUndefined()
    await child.set('k', 'child')
    await a.clear()
    expect(await open().get('k')).toBeUndefined()
    expect(await open().namespace('child').get('k')).toBe('child')
    await b.set('k', 'b')
    expect(await b.get('k')).toBe('b')
  })

  it('separates keys that look alike', async () => {
    namespace = freshNamespace()
    const [first, second] = [open(), open()]
    const keys = [
      'a',
      'a}',
      '{a}',
      'a%7D',
      '%7Ba}',
      'a:b',
      'A',
      'ä',
      'k'.repeat(600),
      'k'.repeat(601),
    ]
    for (const key of keys) await first.set(key, key)
    for (const key of keys) expect(await second.get(key)).toBe(key)
    await first.delete('a}')
    const third = open()
    for (const key of keys) expect(await third.get(key)).toBe(key === 'a}' ? undefined : key)
  })
})
