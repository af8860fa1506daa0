import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6'
import { afterAll, describe, expect, expectTypeOf, test } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import type { RedisClient } from '../../../src/redis/redis-client.js'
import { parseRedis, REDIS_DEFAULTS, type RedisSource } from '../../../src/redis/redis-settings.js'

const lazy = { lazyConnect: true } as const
const clients: RedisClient[] = [
  new Redis(lazy),
  new Redis6(lazy),
  new Cluster(['127.0.0.1:1'], lazy),
  new Cluster6(['127.0.0.1:1'], lazy),
]

afterAll(() => {
  for (const client of clients) client.disconnect()
})

function refusal(option: unknown): InvalidOptionError {
  try {
    parseRedis(option)
  } catch (error) {
    if (error instanceof InvalidOptionError) return error
    throw error
  }
  throw new Error('accepted')
}

describe('parseRedis', () => {
  test('gives a URL the defaults of the documentation', () => {
    const settings = parseRedis('redis://127.0.0.1:6379')
    expect(settings).toEqual({
      source: { kind: 'url', url: 'redis://127.0.0.1:6379' },
      timeout: 100,
      connectTimeout: 1_000,
      maxInFlight: 1_000,
      maxValueBytes: 8 * 1_024 * 1_024,
      breaker: { failures: 5, window: 1_000, halfOpenAfter: 1_000 },
    })
    expect(Object.isFrozen(settings)).toBe(true)
    expect(Object.isFrozen(settings.source)).toBe(true)
    expect(Object.isFrozen(settings.breaker)).toBe(true)
  })

  test.each([
    'redis://h',
    'rediss://h:6380/2',
    'redis://:p%40ss@h',
    'redis://u:p@[::1]:6379/0?family=6',
  ])('accepts the URL %s, alone or named', (url) => {
    expect(parseRedis(url).source).toEqual({ kind: 'url', url })
    expect(parseRedis({ url }).source).toEqual({ kind: 'url', url })
  })

  test('accepts an instance of ioredis 5 or 6, single or Cluster, alone or named', () => {
    for (const client of clients) {
      expect(parseRedis(client).source).toEqual({ kind: 'client', client })
      expect(parseRedis({ client, timeout: '50ms' }).source).toEqual({ kind: 'client', client })
    }
    expectTypeOf<Redis>().toExtend<RedisSource>()
    expectTypeOf<Redis6>().toExtend<RedisSource>()
    expectTypeOf<Cluster>().toExtend<RedisSource>()
    expectTypeOf<Cluster6>().toExtend<RedisSource>()
  })

  test('accepts options and a cluster, and leaves the objects alone', () => {
    const options = Object.freeze({ sentinels: [{ host: 's', port: 1 }], name: 'm' })
    expect(parseRedis({ options }).source).toEqual({ kind: 'options', options })
    const cluster = Object.freeze({ nodes: Object.freeze([{ host: 'a', port: 1 }, 'redis://b:2']) })
    expect(parseRedis({ cluster }).source).toEqual({
      kind: 'cluster',
      nodes: cluster.nodes,
      options: {},
    })
  })

  test('takes durations and sizes with units', () => {
    const settings = parseRedis({
      url: 'redis://h',
      timeout: '50ms',
      connectTimeout: '2s',
      maxInFlight: 7,
      maxValueBytes: '1mb',
      breaker: { failures: 2, window: '5s' },
    })
    expect(settings).toMatchObject({
      timeout: 50,
      connectTimeout: 2_000,
      maxInFlight: 7,
      maxValueBytes: 2 ** 20,
      breaker: { failures: 2, window: 5_000, halfOpenAfter: 1_000 },
    })
  })

  test('an option that is undefined has its default', () => {
    const settings = parseRedis({
      url: 'redis://h',
      client: undefined,
      timeout: undefined,
      breaker: undefined,
    })
    expect(settings).toMatchObject(REDIS_DEFAULTS)
  })

  const url = 'redis://h'
  test.each<[unknown, string]>([
    [undefined, 'redis'],
    [true, 'redis'],
    [6379, 'redis'],
    [[], 'redis'],
    [{}, 'redis'],
    [{ timeout: 5 }, 'redis'],
    [{ url, options: {} }, 'redis'],
    ['localhost', 'redis'],
    ['http://h', 'redis'],
    ['redis://:%zz@h', 'redis'],
    [{ url: 'h:6379' }, 'redis.url'],
    [{ url: 5 }, 'redis.url'],
    [{ url, host: 'h' }, 'redis.host'],
    [{ url, timeout: 0 }, 'redis.timeout'],
    [{ url, timeout: '2m' }, 'redis.timeout'],
    [{ url, timeout: '5' }, 'redis.timeout'],
    [{ url, connectTimeout: -1 }, 'redis.connectTimeout'],
    [{ url, maxInFlight: 0 }, 'redis.maxInFlight'],
    [{ url, maxInFlight: 1.5 }, 'redis.maxInFlight'],
    [{ url, maxValueBytes: '1gb' }, 'redis.maxValueBytes'],
    [{ url, breaker: 5 }, 'redis.breaker'],
    [{ url, breaker: { failure: 5 } }, 'redis.breaker.failure'],
    [{ url, breaker: { failures: 0 } }, 'redis.breaker.failures'],
    [{ url, breaker: { window: 1 } }, 'redis.breaker.window'],
    [{ url, breaker: { halfOpenAfter: '1h' } }, 'redis.breaker.halfOpenAfter'],
    [{ options: null }, 'redis.options'],
    [{ options: { keyPrefix: 'x:' } }, 'redis.options.keyPrefix'],
    [{ options: { readOnly: true } }, 'redis.options.readOnly'],
    [{ options: { role: 'slave' } }, 'redis.options.role'],
    ['redis://h?keyPrefix=x', 'redis.keyPrefix'],
    [{ client: {} }, 'redis.client'],
    [{ client: url }, 'redis.client'],
    [{ cluster: { nodes: [] } }, 'redis.cluster.nodes'],
    [{ cluster: [] }, 'redis.cluster'],
    [{ cluster: { nodes: ['h'], keyPrefix: 'x' } }, 'redis.cluster.keyPrefix'],
    [{ cluster: { nodes: ['h'], options: { keyPrefix: 'x' } } }, 'redis.cluster.options.keyPrefix'],
    [
      { cluster: { nodes: ['h'], options: { scaleReads: 'all' } } },
      'redis.cluster.options.scaleReads',
    ],
    [
      { cluster: { nodes: ['h'], options: { redisOptions: { keyPrefix: 'x' } } } },
      'redis.cluster.options.redisOptions.keyPrefix',
    ],
  ])('refuses %j, naming %s', (option, name) => {
    expect(refusal(option).option).toBe(name)
  })

  test("refuses a caller's client with a key prefix, or one that reads from replicas", () => {
    const prefixed = new Redis({ ...lazy, keyPrefix: 'app:' })
    expect(refusal(prefixed).option).toBe('redis.keyPrefix')
    expect(refusal({ client: prefixed }).option).toBe('redis.client.keyPrefix')
    const scaled = new Cluster(['127.0.0.1:1'], { ...lazy, scaleReads: 'slave' })
    expect(refusal(scaled).option).toBe('redis.scaleReads')
    prefixed.disconnect()
    scaled.disconnect()
  })

  test.each<[unknown]>([
    ['rdis://user:hunter2@h'],
    ['redis://:hunter2@h:port'],
    ['redis://:hunt%zzhunter2@h'],
    ['//hunter2@h'],
    ['http://h?password=hunter2'],
    [{ urll: 'redis://:hunter2@h' }],
    [{ url: { href: 'redis://:hunter2@h' } }],
    [{ client: 'redis://:hunter2@h' }],
    [{ options: 'redis://:hunter2@h' }],
    [{ cluster: 'redis://:hunter2@h' }],
    [{ cluster: { nodes: 'redis://:hunter2@h' } }],
  ])('shows no password when it refuses %j', (option) => {
    const error = refusal(option)
    expect(error.message).not.toContain('hunter2')
    expect(String(error.value)).not.toContain('hunter2')
  })
})
