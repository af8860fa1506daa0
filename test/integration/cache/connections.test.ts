import { Cluster, Redis } from 'ioredis'
import { Redis as Redis6 } from 'ioredis6'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createCache } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import {
  describeRedis,
  freePort,
  type RedisServer,
  startRedis,
  until,
} from '../../support/redis-server.js'
import { callsDuring } from '../../support/redis-stats.js'

describeRedis('how a cache comes to Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let locked: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    locked = await startRedis({ args: ['--requirepass', 'se:cret/@'] })
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    await caches.close()
  })
  afterAll(() => Promise.all([server.close(), locked.close()]))

  const forms: readonly (readonly [string, () => Parameters<Caches['open']>[0]['redis']])[] = [
    ['a URL', () => server.url],
    ['a URL with a database', () => `${server.url}/3`],
    [
      'a URL with a password',
      () => `redis://:${encodeURIComponent('se:cret/@')}@127.0.0.1:${locked.port}`,
    ],
    ['{ url }', () => ({ url: server.url, ...PATIENT })],
    ['{ options }', () => ({ options: { port: server.port, db: 2 }, ...PATIENT })],
    [
      '{ options } with a password',
      () => ({ options: { port: locked.port, password: 'se:cret/@' }, ...PATIENT }),
    ],
  ]

  it.each(forms)('connects by %s', async (_, form) => {
    const first = caches.open({ namespace, redis: form() })
    await until(() => first.cache.stats().redis.state === 'ready')
    expect(await first.cache.ready()).toEqual({ redis: 'ready' })
    expect(await first.cache.set('k', 1)).toBe('applied')
    const second = caches.open({ namespace, redis: form() })
    await until(() => second.cache.stats().redis.state === 'ready')
    expect(await second.cache.read('k', noLoad)).toMatchObject({ value: 1, tier: 'redis' })
  })

  it('keeps databases apart', async () => {
    const first = caches.open({ namespace, redis: { url: `${server.url}/4`, ...PATIENT } }).cache
    await first.set('k', 1)
    const other = caches.open({ namespace, redis: { url: `${server.url}/5`, ...PATIENT } }).cache
    expect(await other.get('k')).toBeUndefined()
  })

  const versions = [
    ['ioredis 5', (port: number, options: object) => new Redis(port, '127.0.0.1', options)],
    ['ioredis 6', (port: number, options: object) => new Redis6(port, '127.0.0.1', options)],
  ] as const

  describe.each(versions)('on an instance of %s', (_, connect) => {
    it('works, bare and wrapped, and leaves the instance open', async () => {
      const client = connect(server.port, {})
      await until(() => client.status === 'ready')
      const bare = createCache({ namespace, redis: client, logger: false })
      expect(await bare.ready()).toEqual({ redis: 'ready' })
      const wrapped = caches.open({ namespace, redis: { client, ...PATIENT } }).cache
      await bare.set('k', new Map([[1, 2n]]), { tags: ['t'] })
      expect(await wrapped.get('k', noLoad)).toEqual(new Map([[1, 2n]]))
      await wrapped.invalidateTags('t', { soft: true })
      await wrapped.expire('k')
      await wrapped.invalidateTags('t')
      await wrapped.clear()
      await wrapped.set('big', Buffer.alloc(200_000, 7))
      expect(await caches.patient(server.url, { namespace }).get('big')).toEqual(
        Buffer.alloc(200_000, 7),
      )
      const pending = client.blpop(`${namespace}-list`, 0)
      const subscribers = client.listenerCount('ready')
      await bare.close()
      expect(client.status).toBe('ready')
      expect(client.listenerCount('ready'), 'its listeners go').toBeLessThan(subscribers)
      const another = connect(server.port, {})
      await another.lpush(`${namespace}-list`, 'x')
      expect(await pending, 'what was under way goes on').toEqual([`${namespace}-list`, 'x'])
      expect(await client.set(`${namespace}-mine`, '1')).toBe('OK')
      client.disconnect()
      another.disconnect()
    })

    it('asks it only while it is ready', async () => {
      const client = connect(server.port, { lazyConnect: true })
      client.on('error', () => {})
      const redis = { client, timeout: 5_000, connectTimeout: 200 }
      const opened = caches.open({ namespace, redis })
      expect(await opened.cache.ready()).toMatchObject({ redis: 'unavailable' })
      expect(client.status).toBe('wait')
      expect(await opened.cache.get('k', () => 1)).toBe(1)
      expect(client.status, 'a command would have made it connect').toBe('wait')
      await client.connect()
      await until(() => opened.cache.stats().redis.state === 'ready')
      const calls = await callsDuring(server, () => opened.cache.get('l', () => 1))
      expect(calls['mget']).toBe(1)
      client.disconnect()
      await until(() => opened.cache.stats().redis.state === 'unavailable')
      expect(await opened.cache.get('m', () => 2)).toBe(2)
      expect(await opened.cache.delete('l')).toBe('queued')
      expect(['end', 'close']).toContain(client.status)
      await client.connect()
      await until(() => opened.cache.stats().queue.depth === 0)
      expect(await opened.cache.get('l')).toBeUndefined()
      await opened.cache.close()
      expect(client.status).toBe('ready')
      client.disconnect()
    })

    it('puts up with its automatic pipelining', async () => {
      const client = connect(server.port, { enableAutoPipelining: true })
      const cache = caches.open({ namespace, redis: { client, ...PATIENT } }).cache
      const keys = Array.from({ length: 50 }, (_, i) => `k${i}`)
      await Promise.all(keys.map((key) => cache.get(key, () => key, { tags: ['t'] })))
      const other = caches.patient(server.url, { namespace })
      expect(await Promise.all(keys.map((key) => other.get(key, noLoad)))).toEqual(keys)
      await Promise.all(keys.map((key) => cache.delete(key)))
      const third = caches.patient(server.url, { namespace })
      expect((await third.getMany(keys, { key: (key) => key })).size).toBe(0)
      await cache.close()
      client.disconnect()
    })
  })

  it('closes its own connection and no other', async () => {
    const client = new Redis(server.port, { connectionName: 'mine' })
    const own = caches.open({ namespace, redis: { url: server.url, ...PATIENT } }).cache
    await own.ready()
    const names = async (): Promise<string[]> =>
      Array.from(
        (await server.cli('CLIENT', 'LIST')).matchAll(/name=(\S+)/g),
        ([, name = '']) => name,
      )
    expect(await names()).toContain(`strata:${namespace}`)
    await own.close()
    await own.close()
    await until(async () => !(await names()).includes(`strata:${namespace}`))
    expect(await names()).toContain('mine')
    client.disconnect()
  })

  it('shares its two connections among child namespaces, which close() of a child leaves alone', async () => {
    const cache = caches.open({ namespace, redis: { url: server.url, ...PATIENT } }).cache
    await cache.ready()
    const connections = async (): Promise<number> =>
      (await server.cli('CLIENT', 'LIST')).split('\n').filter((line) => line.includes(namespace))
        .length
    const child = cache.namespace('a')
    await child.set('k', 1)
    expect(await connections()).toBe(2)
    await child.close()
    expect(await child.get('k', noLoad)).toBe(1)
    expect(await cache.set('k', 1)).toBe('applied')
    await cache.close()
    await expect(child.get('k')).rejects.toMatchObject({ code: 'STRATA_CLOSED' })
  })

  it('serves loaders and refuses the rest after close()', async () => {
    const cache = caches.open({ namespace, redis: { url: server.url, ...PATIENT } }).cache
    await cache.set('k', 'stored')
    await cache.close()
    const calls = await callsDuring(server, async () => {
      expect(await cache.read('k', () => 'loaded')).toMatchObject({
        value: 'loaded',
        outcome: 'bypass',
      })
      const refused = { code: 'STRATA_CLOSED' }
      await expect(cache.get('k')).rejects.toMatchObject(refused)
      await expect(cache.has('k')).rejects.toMatchObject(refused)
      await expect(cache.set('k', 1)).rejects.toMatchObject(refused)
      await expect(cache.setMany([])).rejects.toMatchObject(refused)
      await expect(cache.delete('k')).rejects.toMatchObject(refused)
      await expect(cache.expire('k')).rejects.toMatchObject(refused)
      await expect(cache.invalidateTags('t')).rejects.toMatchObject(refused)
      await expect(cache.clear()).rejects.toMatchObject(refused)
    })
    expect(calls).toEqual({})
    expect(await caches.patient(server.url, { namespace }).get('k')).toBe('stored')
  })

  it('tells in ready() how things stand', async () => {
    expect(await createCache({ namespace }).ready()).toEqual({ redis: 'none' })
    const here = caches.open({ namespace, redis: { url: server.url, ...PATIENT } })
    expect(here.cache.stats().redis).toEqual({ state: 'connecting', breaker: 'closed' })
    expect(await here.cache.ready()).toEqual({ redis: 'ready' })
    expect(here.cache.stats().redis).toEqual({ state: 'ready', breaker: 'closed' })

    const url = `redis://127.0.0.1:${await freePort()}`
    const absent = caches.open({ namespace, redis: { url, connectTimeout: '2s' } })
    const readiness = await absent.cache.ready()
    expect(readiness).toMatchObject({ redis: 'unavailable' })
    expect(readiness.reason).toContain('ECONNREFUSED')
    expect(absent.cache.stats().redis).toEqual({ state: 'unavailable', breaker: 'open' })

    const wrong = caches.open({ namespace, redis: `redis://:wrong@127.0.0.1:${locked.port}` })
    const answer = await wrong.cache.ready()
    expect(answer).toMatchObject({ redis: 'unavailable' })
    expect(answer.reason).toMatch(/WRONGPASS/)
    const none = caches.open({ namespace, redis: `redis://127.0.0.1:${locked.port}` })
    expect((await none.cache.ready()).reason).toMatch(/NOAUTH/)
    await here.cache.close()
    expect(await here.cache.ready()).toMatchObject({ redis: 'unavailable' })
  })

  it('finds a name that does not resolve unavailable', async () => {
    const opened = caches.open({
      namespace,
      redis: { url: 'redis://nowhere.invalid:6379', connectTimeout: '2s' },
    })
    const readiness = await opened.cache.ready()
    expect(readiness.redis).toBe('unavailable')
    expect(readiness.reason).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(await opened.cache.get('k', () => 1)).toBe(1)
    expect(opened.codes()).toEqual(['STRATA_REDIS_DOWN'])
  })

  it('warns of a missing namespace once, and only with Redis', async () => {
    const opened = caches.open({ redis: server.url })
    await opened.cache.ready()
    expect(opened.codes()).toEqual(['STRATA_NAMESPACE'])
    expect(caches.open({}).lines).toEqual([])
    expect(caches.open({ namespace, redis: server.url }).lines).toEqual([])
  })

  it('warns through the process when it has no logger', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const cache = createCache({ redis: server.url })
    await cache.close()
    expect(warn.mock.calls.map(([, options]) => options)).toMatchObject([
      { type: 'StrataWarning', code: 'STRATA_NAMESPACE' },
    ])
    warn.mockRestore()
  })

  it('refuses a wrong option at once, without showing a password', () => {
    const wrong = [
      'http://127.0.0.1',
      { url: server.url, client: new Cluster([], { lazyConnect: true }) },
      { url: server.url, timeout: 0 },
      { url: server.url, nope: 1 },
      { options: { port: server.port, keyPrefix: 'x:' } },
      {},
      'redis//:hunter2@127.0.0.1',
    ]
    for (const redis of wrong) {
      let message = ''
      try {
        createCache({ namespace, redis: redis as string })
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain('InvalidOptionError')
      expect(message).not.toContain('hunter2')
    }
  })

  it('lets operations wait for the first connection', async () => {
    const port = await freePort()
    const url = `redis://127.0.0.1:${port}`
    const opened = caches.open({ namespace, redis: { url, timeout: '5s', connectTimeout: 20_000 } })
    const writing = opened.cache.set('k', 1)
    const reading = opened.cache.get('absent')
    const late = await startRedis({ port })
    expect(await writing).toBe('applied')
    expect(await reading).toBeUndefined()
    expect(await caches.patient(url, { namespace }).get('k')).toBe(1)
    expect(opened.lines).toEqual([])
    await caches.close()
    await late.close()
  })
})
