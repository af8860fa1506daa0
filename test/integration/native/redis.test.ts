import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Cache, type CacheOptions, createCache } from '../../../src/index.js'
import { createServer, type Server } from '../../../src/server/index.js'
import { CacheProcess } from '../../support/cache-process.js'
import { Hammer } from '../../support/hammer.js'
import { ask } from '../../support/http-client.js'
import { describeNative } from '../../support/native.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

const MAX_STALENESS = 500

let redis: RedisServer
let cache: Cache
let app: Server | undefined
let names = 0
let options: CacheOptions

async function open(
  routes: (app: Server) => void,
  { responseBytes = '64mb' }: { readonly responseBytes?: '1mb' | '64mb' } = {},
): Promise<number> {
  app = createServer({ port: 0, native: true, logger: false, cache, limits: { responseBytes } })
  routes(app)
  return (await app.listen()).port
}

const hits = (): number => app?.stats().hits ?? 0

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 5_000
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('it did not come')
    await sleep(5)
  }
}

describeNative('the native store with Redis', () => {
  describeRedis('on one server', () => {
    beforeAll(async () => {
      redis = await startRedis()
    })
    afterAll(() => redis.close())

    beforeEach(async () => {
      options = {
        namespace: `native${++names}`,
        redis: { url: redis.url, timeout: '500ms', connectTimeout: '10s' },
        coherence: { maxStaleness: MAX_STALENESS },
        jitter: 0,
      }
      cache = createCache({ ...options, logger: false })
      await cache.ready()
      await until(() => cache.stats().bus.coherent)
    })
    afterEach(async () => {
      await app?.close({ timeout: 0 })
      await cache.close()
    })

    it('answers from memory, and brings from Redis what was pushed out of it', async () => {
      let runs = 0
      const body = Buffer.alloc(100_000, 'x')
      const port = await open(
        (app) => {
          app.get('/:id', { cache: { ttl: '1m' } }, (c) => {
            runs++
            return c.bytes(body)
          })
        },
        { responseBytes: '1mb' },
      )
      for (let id = 0; id < 30; id++) await ask(port, `/${id}`)
      for (let id = 0; id < 30; id++) expect((await ask(port, `/${id}`)).bytes.length).toBe(100_000)
      expect(runs).toBe(30)
      expect(cache.stats().reads).toMatchObject({ hit: { redis: expect.any(Number) as number } })
      const before = hits()
      await ask(port, '/29')
      expect(hits() - before).toBe(1)
    })

    it('answers what another process has loaded', async () => {
      const routes = (app: Server): void => {
        app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text(String(++runs)))
      }
      let runs = 0
      const other = createCache({ ...options, logger: false })
      const first = createServer({ port: 0, cache: other, logger: false })
      routes(first)
      const headers = { host: 'example.com' }
      await ask((await first.listen()).port, '/a', { headers })
      const port = await open(routes)
      expect((await ask(port, '/a', { headers })).headers['cache-status']).toContain('hit')
      expect((await ask(port, '/a', { headers })).body).toBe('1')
      expect(hits()).toBe(1)
      expect(runs).toBe(1)
      await first.close()
      await other.close()
    })

    it('drops what another process invalidates, while it is asked', async () => {
      let version = 0
      const port = await open((app) => {
        app.get('/a', { cache: { ttl: '1m', tags: () => ['page'] } }, (c) =>
          c.text(String(version)),
        )
      })
      const other = await CacheProcess.start(options)
      const hammer = await new Hammer(port, '/a', 2).started()
      for (let round = 0; round < 20; round++) {
        version++
        await other.invalidateTags(['page'])
        await sleep(50) // on its way here
        hammer.acknowledge(version)
        await sleep(20)
      }
      const { tooOld, failed, answers } = await hammer.stop()
      expect({ tooOld, failed }).toEqual({ tooOld: 0, failed: 0 })
      expect(hits()).toBeGreaterThan(answers / 2)
      await other.close()
    })

    it('drops what another process invalidates of what a handler has read', async () => {
      let runs = 0
      const port = await open((app) => {
        app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
          await c.cache.get('value', () => 1)
          return c.text(String(++runs))
        })
      })
      const other = await CacheProcess.start(options)
      await ask(port, '/a')
      await ask(port, '/a')
      expect(hits()).toBe(1)
      await other.delete('value')
      await until(async () => (await ask(port, '/a')).body === '2')
      await other.close()
    })

    it('answers nothing more when Redis is not heard for too long, and the same again when it is', async () => {
      let runs = 0
      const port = await open((app) => {
        app.get('/a', { cache: { ttl: '1m', grace: '1m' } }, (c) => c.text(String(++runs)))
      })
      await ask(port, '/a')
      await ask(port, '/a')
      expect(hits()).toBe(1)
      redis.stop()
      await sleep(MAX_STALENESS + 100)
      const before = hits()
      // by contract C3 what has grace is served as stale
      expect((await ask(port, '/a')).body).toBe('1')
      expect(hits()).toBe(before)
      redis.cont()
      await until(async () => {
        await ask(port, '/a')
        return hits() > before
      })
      expect((await ask(port, '/a')).body).toBe(String(runs))
    })
  })
})
