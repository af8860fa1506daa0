import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import CacheableRequest from 'cacheable-request'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createKeyvStore } from '../../../src/compat/keyv.js'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

/** What a cache of responses in an HTTP client, over Keyv, does with the store. */
describeRedis('cacheable-request over a cache', () => {
  const caches = new Caches()
  const namespace = freshNamespace()
  let redis: RedisServer
  let origin: Server
  let url: string
  let asked = 0

  beforeAll(async () => {
    redis = await startRedis()
    origin = createServer((incoming, response) => {
      asked++
      const isKnown = incoming.headers['if-none-match'] === '"1"'
      const age = incoming.url?.startsWith('/checked') ? 'max-age=0' : 'max-age=600'
      response.writeHead(isKnown ? 304 : 200, { 'cache-control': age, etag: '"1"' })
      response.end(isKnown ? undefined : Buffer.from([0, 255, 10]))
    })
    await once(origin.listen(0, '127.0.0.1'), 'listening')
    url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await caches.close()
    origin.closeAllConnections()
    origin.close()
    await redis.close()
  })

  function clientOf(cache: Cache) {
    const send = new CacheableRequest(request, createKeyvStore(cache)).request()
    return async (path: string) => {
      const response = await new Promise<IncomingMessage & { fromCache?: boolean }>(
        (resolve, reject) => {
          send(new URL(path, url), resolve as never)
            .on('request', (outgoing: ReturnType<typeof request>) => outgoing.end())
            .on('error', reject)
        },
      )
      const body = Buffer.from(await text(response.setEncoding('latin1')), 'latin1')
      return { body: [...body], fromCache: response.fromCache }
    }
  }

  it('keeps responses, in Redis for other processes too, and revalidates them', async () => {
    const cache = caches.patient(redis.url, { namespace })
    const get = clientOf(cache)
    expect(await get('/page')).toEqual({ body: [0, 255, 10], fromCache: false })
    await until(() => get('/page').then(({ fromCache }) => fromCache))
    expect(await get('/page')).toEqual({ body: [0, 255, 10], fromCache: true })

    const elsewhere = clientOf(caches.patient(redis.url, { namespace }))
    const before = asked
    expect(await elsewhere('/page')).toEqual({ body: [0, 255, 10], fromCache: true })
    expect(asked).toBe(before)

    expect(await get('/checked')).toEqual({ body: [0, 255, 10], fromCache: false })
    await until(() => get('/checked').then(({ fromCache }) => fromCache)) // by a 304

    await cache.namespace('cacheable-request').clear()
    expect(await get('/page')).toMatchObject({ fromCache: false })
  })

  it('goes without a cache where the URL is longer than a key', async () => {
    const get = clientOf(caches.patient(redis.url, { namespace }))
    const path = `/${'x'.repeat(2_000)}`
    expect(await get(path)).toEqual({ body: [0, 255, 10], fromCache: false })
    expect(await get(path)).toEqual({ body: [0, 255, 10], fromCache: false })
  })
})
