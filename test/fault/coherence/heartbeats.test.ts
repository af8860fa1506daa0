import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('heartbeats', () => {
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
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0')
    await caches.close()
  })
  afterAll(() => server.close())

  const idOfConnection = async (): Promise<string> => {
    const list = await server.cli('CLIENT', 'LIST')
    return /^id=(\d+) .* name=strata:[^ :]+ /m.exec(list)?.[1] ?? 'none'
  }

  it('keep their connections when they are refused', async () => {
    const coherence = { maxStaleness: 250 }
    const { cache, degraded } = caches.open({
      namespace,
      redis: { url: server.url, ...PATIENT },
      coherence,
    })
    await cache.ready()
    await cache.set('k', 1)
    const before = await idOfConnection()
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '1')
    await until(() => !cache.stats().bus.coherent)
    await sleep(1_000)
    expect(await cache.get('k')).toBe(1)
    expect(await idOfConnection()).toBe(before)
    expect(degraded).toEqual([])
    await server.cli('CONFIG', 'SET', 'min-replicas-to-write', '0')
    await until(() => cache.stats().bus.coherent)
  })
})
