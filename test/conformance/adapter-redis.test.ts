import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { Cache } from '../../src/index.js'
import { Caches, freshNamespace } from '../support/caches.js'
import { ask } from '../support/http-client.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'
import { counted, page, statusOf, turns } from './adapter-bench.js'
import type { RunningSite, StartSite } from './adapter-site.js'
import { startExpress4, startExpress5 } from './adapter-sites/express.js'
import { startFastify } from './adapter-sites/fastify.js'
import { startHono } from './adapter-sites/hono.js'
import { startKoa } from './adapter-sites/koa.js'
import { startOnExpress, startOnFastify } from './adapter-sites/nest.js'
import { startNode } from './adapter-sites/node.js'

const ADAPTERS: readonly (readonly [name: string, start: StartSite])[] = [
  ['Express 5', startExpress5],
  ['Express 4', startExpress4],
  ['Fastify 5', startFastify],
  ['Hono', startHono],
  ['Koa', startKoa],
  ['node:http', startNode],
  ['Nest on Express', startOnExpress],
  ['Nest on Fastify', startOnFastify],
]

/** With a second tier a handler that makes a stale page anew runs only when the right to do so has been obtained. */
describeRedis('adapters over Redis', () => {
  const caches = new Caches()
  let redis: RedisServer
  const running: RunningSite[] = []

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterEach(async () => {
    for (const site of running.splice(0)) await site.close()
    await caches.close()
  })
  afterAll(() => redis.stop())

  async function open(
    start: StartSite,
    cache: Cache,
    site: ReturnType<typeof page>,
  ): Promise<number> {
    const started = await start({ ...site, cache })
    running.push(started)
    return started.port
  }

  test.each(ADAPTERS)('%s: a page is made anew behind its stale answer', async (_, start) => {
    const cache = caches.patient(redis.url, { namespace: freshNamespace() })
    const { handle, runs } = counted(async (h, run) => {
      await turns(3)
      h.set('x-run', String(run))
      return await h.send(200, `run ${run} ${'x'.repeat(run)}`)
    })
    const port = await open(start, cache, page(handle, { grace: '1m' }))
    expect((await ask(port, '/page')).body).toBe('run 1 x')
    while (!statusOf(await ask(port, '/page')).includes('hit')) await turns(1)
    await cache.invalidateTags(`url:http://127.0.0.1:${port}/page`, { soft: true })
    const stale = await ask(port, '/page')
    expect(stale.body).toBe('run 1 x')
    expect(stale.headers['x-run']).toBe('1')
    for (;;) {
      const answer = await ask(port, '/page')
      if (answer.body === 'run 1 x') continue
      expect(answer).toMatchObject({ status: 200, body: 'run 2 xx' })
      expect(answer.headers['x-run']).toBe('2')
      expect(answer.headers['content-length']).toBe('8')
      break
    }
    expect(runs()).toBe(2)
  })

  test.each(ADAPTERS)('%s: another process finds the page', async (_, start) => {
    const namespace = freshNamespace()
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const [first, second] = [1, 2].map(() => caches.patient(redis.url, { namespace }))
    const ports = [
      await open(start, first as Cache, page(handle)),
      await open(start, second as Cache, page(handle)),
    ]
    const headers = { host: 'example.com' }
    await ask(ports[0] as number, '/page', { headers })
    const answer = await ask(ports[1] as number, '/page', { headers })
    expect(answer.body).toBe('page')
    expect(runs()).toBe(1)
  })
})
