import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache, CacheOptions, GetOptions } from '../../../src/index.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { gate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('who joins a load after an acknowledged delete that was not heard', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    await server.cli('CONFIG', 'SET', 'maxmemory', '0')
    await caches.close()
  })
  afterAll(() => server.close())

  async function pair(options: CacheOptions = {}): Promise<{ reader: Cache; other: Cache }> {
    const other = caches.patient(server.url, { namespace })
    await other.ready()
    const redis = { url: server.url, ...PATIENT }
    const reader = caches.open({ namespace, memory: false, redis, ...options }).cache
    await reader.ready()
    return { reader, other }
  }

  async function joinedAfterDelete(
    { reader, other }: { reader: Cache; other: Cache },
    options: GetOptions & { skip?: boolean },
    whenLoading: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<unknown> {
    const { skip = false, ...rest } = options
    let version = 1
    const loading = gate()
    const begun = gate()
    const load = async (context: { skip(): void }): Promise<number> => {
      const read = version
      begun.open()
      await loading.promise
      if (skip) context.skip()
      return read
    }
    const first = reader.get('k', load, rest)
    await begun.promise
    await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub') // it does not hear of what follows
    version = 2
    expect(await other.delete('k')).toBe('applied')
    const second = reader.get('k', load, rest)
    await sleep(100)
    await whenLoading()
    loading.open()
    await first
    return await second
  }

  it('does not take its value when Redis is full', async () => {
    const caches = await pair()
    await server.cli('CONFIG', 'SET', 'maxmemory', '1')
    expect(await joinedAfterDelete(caches, {})).toBe(2)
  })

  it('does not take its value when it waited longer than lease.maxWait', async () => {
    const caches = await pair()
    const held = gate()
    const holder = caches.other.get('k', () => held.promise)
    await until(async () => (await server.cli('EXISTS', `s1:${namespace}:e:{k}`)) === '1')
    const got = await joinedAfterDelete(caches, { lease: { maxWait: 0 } })
    held.open()
    await holder
    expect(got).toBe(2)
  })

  it('does not take its value when it is not stored and shared another lease', async () => {
    const caches = await pair()
    const held = gate()
    const holder = caches.other.get('k', () => held.promise)
    await until(async () => (await server.cli('EXISTS', `s1:${namespace}:e:{k}`)) === '1')
    const got = await joinedAfterDelete(caches, { lease: false, skip: true })
    held.open()
    await holder
    expect(got).toBe(2)
  })

  it('does not take its value when nobody knows whether it was stored', async () => {
    const caches = await pair({ redis: { url: server.url, timeout: 200, connectTimeout: 10_000 } })
    const freeze = async (): Promise<void> => {
      server.stop()
      setTimeout(() => server.cont(), 400)
    }
    expect(await joinedAfterDelete(caches, {}, freeze)).toBe(2)
  })
})
