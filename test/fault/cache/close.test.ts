import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import {
  describeRedis,
  freePort,
  type RedisServer,
  startRedis,
  until,
} from '../../support/redis-server.js'

/** What the contract allows close() for what Redis has not been told, and what a busy machine may add. */
const LONGEST_CLOSE = 5_000
const SLACK = 1_000

describeRedis('the end of a cache whose Redis is away', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  const children: ChildProcess[] = []
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    await caches.patient(server.url, { namespace: 'first' }).ready()
    await caches.close()
  })
  beforeEach(() => {
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    try {
      server.cont()
    } catch {
      await server.restart()
    }
    for (const child of children.splice(0)) child.kill('SIGKILL')
    await caches.close()
    await watch.end()
  })
  afterAll(() => server.close())

  async function open() {
    const redis = { url: server.url, timeout: 100, connectTimeout: 10_000 }
    const { cache } = caches.open({ namespace, redis })
    await until(() => cache.stats().redis.state === 'ready', 15_000)
    return cache
  }

  it.each([
    ['frozen', () => Promise.resolve(server.stop())],
    ['dead', () => server.kill()],
  ])('comes within 5 s when Redis is %s and invalidations are queued', async (_, fail) => {
    const cache = await open()
    await fail()
    for (let i = 0; i < 8; i++) expect(await cache.delete(`k${i}`)).toBe('queued')
    const begun = performance.now()
    await Promise.all([cache.close(), cache.close()])
    expect(performance.now() - begun).toBeLessThan(LONGEST_CLOSE + SLACK)
    expect(await cache.get('k', () => 'uncached')).toBe('uncached')
    await expect(cache.get('k')).rejects.toMatchObject({ code: 'STRATA_CLOSED' })
    await sleep(1_200) // nothing that was left behind may still run
  })

  it('comes at once when Redis is frozen and nothing is queued', async () => {
    const cache = await open()
    server.stop()
    const begun = performance.now()
    await cache.close()
    expect(performance.now() - begun).toBeLessThan(SLACK)
  })

  it('comes while the first connection is still awaited', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    const { cache } = caches.open({ namespace, redis: { url, connectTimeout: '30s' } })
    const reading = cache.get('k', () => 'loaded')
    const deleting = cache.delete('k')
    await sleep(50)
    const begun = performance.now()
    await cache.close()
    expect(performance.now() - begun).toBeLessThan(LONGEST_CLOSE + SLACK)
    expect(await reading).toBe('loaded')
    expect(await deleting).toBe('queued')
  })

  it('ends reads and loads that are under way', async () => {
    const cache = await open()
    server.stop()
    const cold = Promise.all(
      Array.from({ length: 20 }, (_, i) => cache.get(`cold ${i}`, () => sleep(50).then(() => i))),
    )
    const writes = Promise.all([cache.set('s', 1), cache.invalidateTags('t'), cache.clear()])
    await cache.close()
    expect(await cold).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(await writes).toEqual(['queued', 'queued', 'queued'])
  })

  it('aborts loads that nobody waits for', async () => {
    const cache = await open()
    await cache.set('k', 'old', { ttl: 20, grace: '1m' })
    await sleep(50)
    server.stop()
    const aborted = new Promise((resolve) => {
      const load = (context: { signal: AbortSignal }): Promise<string> => {
        context.signal.addEventListener('abort', () => resolve(context.signal.reason))
        return new Promise(() => {})
      }
      void cache.get('k', load)
    })
    await sleep(300)
    await cache.close()
    expect(await aborted).toMatchObject({ code: 'STRATA_CLOSED' })
  })

  async function run(): Promise<{ child: ChildProcess; errors: () => string }> {
    const path = fileURLToPath(new URL('fixtures/use-and-close.ts', import.meta.url))
    const child = fork(path, [server.url], { execArgv: ['--import', 'tsx'], silent: true })
    children.push(child)
    let errors = ''
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    expect((await once(child, 'message'))[0]).toBe('ready')
    return { child, errors: () => errors }
  }

  it('lets the process end by itself', async () => {
    const { child, errors } = await run()
    const ended = once(child, 'exit')
    server.stop()
    child.send('go')
    const [told] = (await once(child, 'message')) as unknown[]
    expect(told).toMatchObject({ result: 'queued' })
    const outcome = await Promise.race([ended, sleep(12_000).then(() => 'still running')])
    expect(outcome).toEqual([0, null])
    expect(errors()).toBe('')
  })
})
