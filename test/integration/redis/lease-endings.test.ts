import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../../../src/entry/id.js'
import { ask, fillWith, heldOf, leaseOf, woken } from '../../support/lease-requests.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import { look, type OpenedRedis, openTiers, store } from '../../support/redis-tiers.js'

const KEY = 's1:test:e:{k}'

describeRedis('what a lease leaves behind', () => {
  let server: RedisServer
  let client: Redis
  /** Two processes. */
  let one: OpenedRedis
  let two: OpenedRedis

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port, '127.0.0.1')
  })
  beforeEach(async () => {
    await client.flushall()
    const patient = { url: server.url, timeout: 5_000, connectTimeout: 5_000 }
    one = await openTiers(patient)
    two = await openTiers(patient)
  })
  afterEach(() => Promise.all([one.close(), two.close()]))
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  describe('a failure', () => {
    const failure = { name: 'PgError', code: '57014', message: 'too slow' }

    test('is told to all who waited, and to nobody else', async () => {
      const lease = await leaseOf(ask(one.leases, 'k'))
      const waiting = await Promise.all([1, 2, 3].map(() => heldOf(ask(two.leases, 'k'))))
      expect(await lease.release({ how: 'fail', failure })).toBe(true)
      for (const held of waiting) {
        await woken(held)
        const told = await ask(two.leases, 'k', { waitedFor: held.token })
        expect(told).toEqual({ kind: 'failed', failure })
      }
      expect(await look(two.bare, 'k')).toBeUndefined()
      // whoever did not wait loads
      const next = await leaseOf(ask(two.leases, 'k'))
      expect(await fillWith(next, 'value')).toBe('filled')
      expect(await look(one.bare, 'k')).toBe('fresh value')
      expect([...one.events, ...two.events].filter(({ type }) => type === 'record-fault')).toEqual(
        [],
      )
    })

    test('of another load than the one waited for is not told', async () => {
      const first = await leaseOf(ask(one.leases, 'k'))
      const { token, leave } = await heldOf(ask(two.leases, 'k'))
      leave()
      await first.release({ how: 'quiet' })
      const second = await leaseOf(ask(one.leases, 'k'))
      ;(await heldOf(ask(two.leases, 'k'))).leave()
      await second.release({ how: 'fail', failure })
      expect((await ask(two.leases, 'k', { waitedFor: token })).kind).toBe('yours')
    })

    test('that nobody waited for leaves no trace', async () => {
      const lease = await leaseOf(ask(one.leases, 'k'))
      await lease.release({ how: 'fail', failure })
      expect(await client.exists(KEY)).toBe(0)
    })

    test('stands briefly', async () => {
      const lease = await leaseOf(ask(one.leases, 'k'))
      ;(await heldOf(ask(two.leases, 'k'))).leave()
      await lease.release({ how: 'fail', failure })
      const left = await client.pttl(KEY)
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(2_000)
    })

    test('is told in few words', async () => {
      const lease = await leaseOf(ask(one.leases, 'k'))
      const { token, leave } = await heldOf(ask(two.leases, 'k'))
      leave()
      const long = 'ü'.repeat(100_000)
      await lease.release({ how: 'fail', failure: { name: long, code: long, message: long } })
      const told = await ask(two.leases, 'k', { waitedFor: token })
      const most = 'ü'.repeat(256)
      const failed = { name: most, code: most, message: most }
      expect(told).toEqual({ kind: 'failed', failure: failed })
    })

    test.each(['', 'no JSON', 'null', '[1]', '{"name":5,"code":{},"message":null}'])(
      'written by others in another way is one all the same: %j',
      async (text) => {
        const lease = await leaseOf(ask(one.leases, 'k'))
        const { token, leave } = await heldOf(ask(two.leases, 'k'))
        leave()
        await lease.release({ how: 'fail', failure })
        await client.set(KEY, (await client.getrange(KEY, 0, 74)) + text)
        const told = await ask(two.leases, 'k', { waitedFor: token })
        expect(told).toEqual({ kind: 'failed', failure: { name: 'Error' } })
      },
    )
  })

  describe('a rest', () => {
    test('lets the stale value be used for so long before anybody loads again', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id }))
      const waiting = await heldOf(ask(two.leases, 'k', { seen: id }))
      await lease.release({ how: 'rest', ms: 700 })
      await woken(waiting)
      const resting = await ask(two.leases, 'k', { seen: id, hasStale: true })
      expect(resting.kind).toBe('resting')
      const left = 'left' in resting ? resting.left : 0
      expect(left).toBeGreaterThan(0)
      expect(left).toBeLessThanOrEqual(700)
      expect(await look(two.bare, 'k')).toBe('stale stale')
      await sleep(left + 1)
      expect((await ask(two.leases, 'k', { seen: id, hasStale: true })).kind).toBe('yours')
    })

    test('is not for who has no stale value', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id }))
      await lease.release({ how: 'rest', ms: 5_000 })
      expect((await ask(two.leases, 'k', { seen: id, hasStale: false })).kind).toBe('yours')
    })

    test('is ended by force, and by a set', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id }))
      await lease.release({ how: 'rest', ms: 5_000 })
      const forced = await leaseOf(ask(two.leases, 'k', { seen: id, mode: 'force' }))
      await forced.release({ how: 'rest', ms: 5_000 })
      await store(one.bare, 'k', 'other', { id, freshUntil: 0 })
      expect((await ask(two.leases, 'k', { seen: id, hasStale: true })).kind).toBe('yours')
    })

    test('without a value, or of no length, is none', async () => {
      const absent = await leaseOf(ask(one.leases, 'k'))
      await absent.release({ how: 'rest', ms: 5_000 })
      expect(await client.exists(KEY)).toBe(0)
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id }))
      await lease.release({ how: 'rest', ms: 0 })
      expect((await ask(two.leases, 'k', { seen: id })).kind).toBe('yours')
    })
  })

  describe('lifetimes', () => {
    test('a value whose end is near is kept at least as long as the lease on it', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      await client.pexpire(KEY, 500)
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id, ttl: 3_000 }))
      expect(await client.pttl(KEY)).toBeGreaterThan(2_000)
      expect(await fillWith(lease, 'new')).toBe('filled')
    })

    test('a value that lives longer keeps its own end', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id, ttl: 3_000 }))
      expect(await client.pttl(KEY)).toBeGreaterThan(50_000)
      await lease.release({ how: 'quiet' })
      expect(await client.pttl(KEY)).toBeGreaterThan(50_000)
    })

    test('what was kept for a lease alone is not readable after its own end', async () => {
      const id = newId()
      const now = performance.now()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0, staleUntil: now + 300 })
      await leaseOf(ask(one.leases, 'k', { seen: id, ttl: 3_000 }))
      await sleep(310)
      expect(await client.exists(KEY)).toBe(1)
      expect(await look(two.bare, 'k')).toBeUndefined()
    })

    test('a renewal prolongs the value too', async () => {
      const id = newId()
      await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
      await client.pexpire(KEY, 600)
      const lease = await leaseOf(ask(one.leases, 'k', { seen: id, ttl: 600 }))
      await sleep(1_000)
      expect(await fillWith(lease, 'new')).toBe('filled')
    })

    test('versions outlive whatever is filed under them', async () => {
      const day = 24 * 3_600_000
      await store(one.bare, 'short', 'x', { tags: ['t'] })
      const lease = await leaseOf(ask(one.leases, 'k', { tags: ['t'], lifetime: 1_000 }))
      const staleUntil = performance.now() + day
      await fillWith(lease, 'long', { tags: ['t'], staleUntil })
      const [entry = 0, tag = 0, version = 0] = await Promise.all(
        [KEY, 's1:test:t:{t}', 's1:test:v'].map((key) => client.pttl(key)),
      )
      expect(entry).toBeGreaterThan(day - 60_000)
      expect(tag).toBeGreaterThanOrEqual(entry)
      expect(version).toBeGreaterThanOrEqual(entry)
      // and nothing shorter shortens them
      await fillWith(await leaseOf(ask(one.leases, 'l', { tags: ['t'] })), 'x', { tags: ['t'] })
      expect(await client.pttl('s1:test:t:{t}')).toBeGreaterThan(entry)
    })

    test('a soft invalidation and a clear leave versions their lifetime', async () => {
      await store(one.bare, 'k', 'x', { tags: ['t'] })
      const tag = await client.pttl('s1:test:t:{t}')
      const version = await client.pttl('s1:test:v')
      await one.bare.invalidate(['t'], true)
      await one.bare.clear()
      expect(await client.pttl('s1:test:t:{t}')).toBeGreaterThan(tag - 5_000)
      expect(await client.pttl('s1:test:v')).toBeGreaterThan(version - 5_000)
    })

    test('after expire the value keeps its end', async () => {
      await store(one.bare, 'k', 'x')
      await one.bare.expire('k')
      expect(await client.pttl(KEY)).toBeGreaterThan(50_000)
      await until(async () => (await look(two.bare, 'k')) === 'stale x')
    })
  })
})
