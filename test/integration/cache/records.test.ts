import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { StandardSchema } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('what stands in Redis', () => {
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
    await caches.close()
  })
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  const open = (options: Parameters<Caches['open']>[0] = {}) =>
    caches.open({ namespace, redis: { url: server.url, ...PATIENT }, ...options })
  const redisKey = (key: string): string => `s1:${namespace}:e:{${key}}`

  const damages: readonly (readonly [string, (record: Buffer) => Buffer])[] = [
    ['foreign text', () => Buffer.from('hello, this is somebody else')],
    ['nothing but a few bytes', () => Buffer.from('SRE')],
    ['an empty string', () => Buffer.alloc(0)],
    ['a head without its rest', (record) => record.subarray(0, 75)],
    ['a record cut short by a byte', (record) => record.subarray(0, -1)],
    ['a record cut in half', (record) => record.subarray(0, record.length / 2)],
    ['a record with something behind it', (record) => Buffer.concat([record, Buffer.from('x')])],
    ['a record of another version', (record) => changed(record, 3, '2'.charCodeAt(0))],
    ['an unknown kind', (record) => changed(record, 4, 'Z'.charCodeAt(0))],
    ['letters among its deadlines', (record) => changed(record, 50, 'x'.charCodeAt(0))],
    ['a body with flipped bits', (record) => flipped(record, 20)],
    ['zeros', (record) => Buffer.alloc(record.length)],
    ['a megabyte of noise', () => Buffer.alloc(1_000_000, 'Zr3')],
  ]

  it.each(damages)('takes %s for a counted miss and replaces it', async (_, damage) => {
    const value = { text: 'strata '.repeat(20), list: [1, 2, 3] }
    await open().cache.set('k', value)
    const record = await client.getBuffer(redisKey('k'))
    await client.set(redisKey('k'), damage(record ?? Buffer.alloc(0)), 'PX', 60_000)
    const { cache } = open()
    const reading = await cache.read('k', () => ({ n: 2 }))
    // No checksum covers every bit: a flip that makes another well-formed value cannot be told.
    expect(reading).toMatchObject({ value: { n: 2 }, outcome: 'miss' })
    expect(cache.stats().recordFaults).toBe(1)
    expect(await open().cache.get('k', noLoad)).toEqual({ n: 2 })
  })

  it('takes a key of another type for a miss and replaces it', async () => {
    await open().cache.set('other', 1)
    await client.lpush(redisKey('k'), 'a')
    const { cache } = open()
    expect(await cache.read('k', () => 2)).toMatchObject({ value: 2, outcome: 'miss' })
    expect(await open().cache.get('k', noLoad)).toBe(2)
    await client.del(redisKey('l'))
    await client.hset(redisKey('l'), 'a', 'b')
    expect(await cache.expire('l')).toBe('applied')
    expect(await cache.delete('l')).toBe('applied')
    expect(await client.exists(redisKey('l'))).toBe(0)
  })

  it('takes keys of another type in the way of versions for none', async () => {
    const { cache } = open()
    await cache.set('k', 1, { tags: ['t'] })
    await client.del(`s1:${namespace}:t:{t}`)
    await client.lpush(`s1:${namespace}:t:{t}`, 'a')
    expect(await open().cache.get('k')).toBeUndefined()
    expect(await cache.set('k', 2, { tags: ['t'] })).toBe('applied')
    expect(await open().cache.get('k')).toBe(2)
    await client.set(`s1:${namespace}:v`, 'not a version')
    expect(await open().cache.get('k')).toBeUndefined()
    expect(await cache.set('k', 3, { tags: ['t'] })).toBe('applied')
    expect(await open().cache.get('k')).toBe(3)
  })

  it('says a record fault once, however often it is met', async () => {
    await open().cache.set('other', 1)
    for (const key of ['a', 'b', 'c']) await client.set(redisKey(key), 'foreign')
    const opened = open()
    for (const key of ['a', 'b', 'c']) expect(await opened.cache.get(key)).toBeUndefined()
    expect(opened.cache.stats().recordFaults).toBe(3)
    expect(opened.errors).toHaveLength(3)
    expect(opened.codes()).toEqual(['STRATA_ERROR'])
  })

  it('reads many although some cannot be read', async () => {
    const { cache: first } = open()
    const ids = [1, 2, 3, 4]
    const key = (id: number): string => `k${id}`
    await first.getMany(ids, { key, load: (missing) => missing })
    await client.set(redisKey('k2'), 'foreign')
    await client.del(redisKey('k3'))
    await client.lpush(redisKey('k3'), 'x')
    const rows = await open().cache.getMany(ids, { key, load: (missing) => missing.map((n) => -n) })
    expect([...rows.values()]).toEqual([1, -2, -3, 4])
  })

  it('keeps a value over maxValueBytes in memory only and says so once', async () => {
    const redis = { url: server.url, ...PATIENT, maxValueBytes: 2_048 }
    const opened = open({ redis })
    const { cache } = opened
    await cache.set('k', 'small')
    const large = 'x'.repeat(5_000)
    expect(await cache.set('k', large)).toBe('applied')
    expect(await cache.get('k', noLoad)).toBe(large)
    expect(await cache.read('k')).toMatchObject({ tier: 'memory' })
    expect(await client.exists(redisKey('k')), 'the smaller one must not stay').toBe(0)
    for (let i = 0; i < 3; i++) await cache.get('k', () => large, { force: true })
    expect(opened.codes()).toEqual(['STRATA_ERROR'])
    expect(opened.lines[0]?.message).toContain('maxValueBytes')
    expect(await open().cache.get('k')).toBeUndefined()
  })

  const numbers: StandardSchema = {
    '~standard': {
      version: 1,
      validate: (value) => (typeof value === 'number' ? {} : { issues: [{ message: 'number' }] }),
    },
  }

  it('takes a value that fails the schema for a counted miss and replaces it', async () => {
    const key = (id: number): number => id
    await open().cache.define('n', { key, load: () => 'text' })(1)
    const { cache } = open()
    const n = cache.define<number, unknown>('n', { key, load: () => 5, schema: numbers })
    expect(await n.read(1)).toMatchObject({ value: 5, outcome: 'miss' })
    expect(cache.stats().recordFaults).toBe(1)
    const again = open().cache.define('n', { key, load: noLoad, schema: numbers })
    expect(await again(1)).toBe(5)
    expect([...(await again.many([1]))]).toEqual([[1, 5]])
  })

  it.each([
    ['throws', (): never => boom()],
    ['rejects', () => Promise.reject(new Error('boom'))],
  ])('takes a value whose schema %s for a miss', async (_, validate) => {
    const key = (id: number): number => id
    await open().cache.define('n', { key, load: () => 'text' })(1)
    const schema: StandardSchema = { '~standard': { version: 1, validate } }
    const n = open().cache.define<number, unknown>('n', { key, load: () => 5, schema })
    expect(await n(1)).toBe(5)
  })

  it('reads nothing of another version of a definition', async () => {
    const key = (id: number): number => id
    const first = open().cache.define('user', { key, load: () => 'one', version: 1 })
    expect(await first(1)).toBe('one')
    const { cache } = open()
    const second = cache.define('user', { key, load: () => 'two', version: 2 })
    const none = cache.define('user', { key, load: () => 'none' })
    expect(await second(1)).toBe('two')
    expect(await none(1)).toBe('none')
    await second.delete(1)
    const again = open().cache.define('user', { key, load: noLoad, version: 1 })
    expect(await again(1)).toBe('one')
  })

  it('returns a value that cannot be stored, once it is loaded, and stores nothing', async () => {
    const opened = open()
    const value = { price: (): number => 1 }
    expect(await opened.cache.get('k', () => value)).toBe(value)
    expect(await opened.cache.get('k', () => value)).toBe(value)
    expect(opened.codes()).toEqual(['STRATA_ERROR'])
    expect(await client.exists(redisKey('k'))).toBe(0)
  })

  it('leaves an older value in Redis to nobody when a set cannot be stored there', async () => {
    const { cache } = open()
    await cache.set('k', 'old')
    await expect(cache.set('k', { f: () => 1 })).rejects.toMatchObject({ code: 'STRATA_CODEC' })
    expect(await cache.get('k'), 'a refused set changes nothing').toBe('old')
  })
})

function boom(): never {
  throw new Error('boom')
}

function changed(record: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(record)
  copy[at] = byte
  return copy
}

/** Flips all bits of the last bytes. */
function flipped(record: Buffer, count: number): Buffer {
  const copy = Buffer.from(record)
  for (let i = copy.length - count; i < copy.length; i++) copy[i] = (copy[i] ?? 0) ^ 0xff
  return copy
}
