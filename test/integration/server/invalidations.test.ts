import { Registry } from 'prom-client'
import { afterEach, expect, test } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import { cached, createServer, type Server } from '../../../src/server/index.js'
import { promMetrics } from '../../../src/telemetry/index.js'
import { listener } from '../../support/listener.js'

const policy = { ttl: '1m' } as const
const page = (): string => 'page'

type Plan = (app: Server, cache: Cache) => unknown

const PLANS: readonly (readonly [what: string, told: number, plan: Plan])[] = [
  ['a route of its own', 1, (app) => app.get('/a', { cache: policy }, page).put('/a', page)],
  [
    'a handler that invalidates something as well',
    2,
    (app, cache) =>
      app.get('/a', { cache: policy }, page).put('/a', async () => {
        await cache.invalidateTags('posts')
        return 'done'
      }),
  ],
  [
    'a route that leaves it to its handler',
    1,
    (app, cache) =>
      app.get('/a', { cache: policy }, page).put('/a', { invalidates: false }, async () => {
        await cache.invalidateTags('route:/a')
        return 'done'
      }),
  ],
  ['a cached route for all methods', 1, (app) => app.all('/a', { cache: policy }, page)],
  ['a route for all methods below cached()', 1, (app) => app.use(cached(policy)).all('/a', page)],
  [
    'a cached route for all methods that invalidates nothing',
    0,
    (app) => app.all('/a', { cache: policy, invalidates: false }, page),
  ],
]

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

test.each(PLANS)('a PUT to %s is told of %i times', async (_, told, plan) => {
  const cache = createCache({ logger: false })
  const app = createServer({ cache, port: 0, native: listener === 'native', logger: false })
  const registry = new Registry()
  const stop = promMetrics(cache, { registry })
  closing.push(
    () => cache.close(),
    () => app.close({ timeout: 0 }),
    async () => stop(),
  )
  plan(app, cache)
  const { port } = await app.listen()
  const ask = async (method: string): Promise<string | null> => {
    const response = await fetch(`http://127.0.0.1:${port}/a`, { method })
    expect(response.status).toBe(200)
    await response.text()
    return response.headers.get('cache-status')
  }
  await ask('GET')
  await ask('PUT')
  const { values } = (await registry.getSingleMetric('strata_invalidations_total')?.get()) ?? {}
  expect((values ?? []).reduce((sum, { value }) => sum + value, 0)).toBe(told)
  expect((await ask('GET'))?.includes('; hit')).toBe(told === 0)
})
