import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type BlackHole, startBlackHole } from '../../support/black-hole.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { ask, leaseOf } from '../../support/lease-requests.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import {
  entryOf,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
} from '../../support/redis-tiers.js'

/** Milliseconds that the network keeps what it was given. */
const DELAY = 5_000

describeRedis('what the network delivers late', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let hole: BlackHole
  const opened: OpenedRedis[] = []

  beforeEach(async () => {
    server = await startRedis()
    hole = await startBlackHole(server.port)
    watch.begin()
  })
  afterEach(async () => {
    await caches.close()
    await Promise.all(opened.splice(0).map((one) => one.close()))
    await watch.end()
    await hole.close()
    await server.close()
  })

  async function open(url: string, timeout: number): Promise<OpenedRedis> {
    const one = await openTiers({ url, timeout, connectTimeout: 10_000 })
    opened.push(one)
    return one
  }

  /** What was held back reaches Redis now. */
  async function release(): Promise<void> {
    hole.release()
    await sleep(500)
  }

  it('a set that was given up does not overwrite a newer one', async () => {
    const hasty = await open(hole.url, 100)
    const direct = await open(server.url, 5_000)
    await store(hasty.bare, 'k', 'first')
    const stamps = await hasty.bare.stampsOf([], 60_000)
    hole.swallow({ others: false })
    expect(await outcomeOf(hasty.guarded.write('k', entryOf('older'), stamps))).toBe('timeout')
    await store(direct.bare, 'k', 'newer')
    await sleep(DELAY)
    await release()
    expect(await look(direct.bare, 'k')).toBe('fresh newer')
  })

  it('a lease that was asked for and given up takes none away, and marks nothing', async () => {
    const hasty = await open(hole.url, 100)
    const direct = await open(server.url, 5_000)
    await store(hasty.bare, 'warm', 'x')
    hole.swallow({ others: false })
    const asked = ask(hasty.leases, 'k', { mode: 'force' })
    asked.catch(() => {
      // its connection is dropped while it waits
    })
    await sleep(DELAY)
    const lease = await leaseOf(ask(direct.leases, 'k'))
    await release()
    expect(await lease.fill(entryOf('value'), [], () => true)).toBe('filled')
    expect(await look(direct.bare, 'k')).toBe('fresh value')
  })

  it('of a cache is never read over what another process has set since', async () => {
    const namespace = freshNamespace()
    const redis = { url: hole.url, timeout: 100, connectTimeout: 10_000 }
    const { cache } = caches.open({ namespace, redis })
    const other = caches.open({ namespace, redis: { url: server.url, ...PATIENT } }).cache
    await cache.set('k', 'first')
    expect(await other.get('k')).toBe('first')
    hole.swallow({ others: false })
    expect(await cache.set('k', 'older')).toBe('queued')
    expect(await other.set('k', 'newer')).toBe('applied')
    const onlooker = caches.open({
      namespace,
      memory: false,
      redis: { url: server.url, ...PATIENT },
    }).cache
    await sleep(DELAY)
    hole.release()
    const seen = new Set<unknown>()
    const end = performance.now() + 3_000
    while (performance.now() < end) {
      seen.add(await other.get('k'))
      seen.add(await onlooker.get('k'))
      await sleep(5)
    }
    // the set that was given up is replayed as a removal
    await until(() => cache.stats().queue.depth === 0, 10_000)
    expect(seen).not.toContain('older')
    expect(seen).not.toContain('first')
    expect(await cache.get('k')).not.toBe('older')
  })
})
