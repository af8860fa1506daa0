import { afterAll, afterEach, beforeAll, it } from 'vitest'
import { type BlackHole, startBlackHole } from '../../support/black-hole.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('the connection of the bus', () => {
  const caches = new Caches()
  let server: RedisServer
  let hole: BlackHole

  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(async () => {
    await caches.close()
    await hole.close()
  })
  afterAll(() => server.close())

  it('is dialled anew when it was accepted and nothing came of it', async () => {
    hole = await startBlackHole(server.port)
    const cache = caches.patient(hole.url, { namespace: freshNamespace() })
    await until(() => cache.stats().bus.coherent)
    hole.swallow({ present: false })
    await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await until(() => hole.accepted > 2)
    hole.mend() // for whoever dials anew
    await until(() => !cache.stats().bus.coherent)
    await until(() => cache.stats().bus.coherent, 15_000)
  })
})
