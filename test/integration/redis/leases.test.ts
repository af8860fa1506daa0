import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../../../src/entry/id.js'
import { ask, fillWith, heldOf, leaseOf, woken } from '../../support/lease-requests.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import {
  entryOf,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
} from '../../support/redis-tiers.js'

const KEY = 's1:test:e:{k}'

describeRedis('a lease in Redis', () => {
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

  const faults = () => [...one.events, ...two.events].filter(({ type }) => type === 'record-fault')
  const tokenIn = async () => (await client.getrange(KEY, 5, 16)) ?? ''

  /** What is announced to all while `work` runs. */
  async function heardDuring(work: () => Promise<unknown>): Promise<unknown[]> {
    const messages: unknown[] = []
    const listener = client.duplicate()
    await listener.subscribe('s1:test:inv', 'end')
    const ended = new Promise<void>((resolve) => {
      listener.on('message', (channel, message) => {
        if (channel === 'end') resolve()
        else messages.push((JSON.parse(message) as unknown[]).slice(1))
      })
    })
    await work()
    await client.publish('end', '')
    await ended
    listener.disconnect()
    return messages
  }

  test('is given once; the value that is stored under it is there for all', async () => {
    const lease = await leaseOf(ask(one.leases, 'k', { ttl: 2_000 }))
    expect(await client.pttl(KEY)).toBeLessThanOrEqual(2_000)
    const other = await heldOf(ask(two.leases, 'k'))
    expect(other.left).toBeGreaterThan(1_000)
    expect(other.left).toBeLessThanOrEqual(2_000)
    expect(other.token).toBe(await tokenIn())
    expect(await look(two.bare, 'k')).toBeUndefined()
    expect(await fillWith(lease, 'value')).toBe('filled')
    await woken(other)
    expect(await look(two.bare, 'k')).toBe('fresh value')
    expect(await client.pttl(KEY)).toBeGreaterThan(50_000)
    expect(faults()).toEqual([])
  })

  test('of a thousand who ask at once, one gets it', async () => {
    const desks = [one.leases, two.leases]
    const asks = Array.from({ length: 1_000 }, (_, i) => ask(desks[i % 2]!, 'k'))
    const kinds = (await Promise.all(asks)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'yours')).toHaveLength(1)
    expect(kinds.filter((kind) => kind === 'held')).toHaveLength(999)
  })

  test('its end is announced only if somebody waits', async () => {
    const heard = await heardDuring(async () => {
      await fillWith(await leaseOf(ask(one.leases, 'k')), 'value')
      const released = await leaseOf(ask(one.leases, 'l'))
      expect(await released.release({ how: 'quiet' })).toBe(true)
    })
    expect(heard).toEqual([])
    const woken = await heardDuring(async () => {
      const lease = await leaseOf(ask(one.leases, 'm'))
      ;(await heldOf(ask(two.leases, 'm'))).leave()
      await fillWith(lease, 'value')
    })
    expect(woken).toEqual([['test', 'w', 'm']])
  })

  test('a value that is there is to be read, unless it is the one that was seen', async () => {
    const id = newId()
    await store(one.bare, 'k', 'old', { id })
    expect(await ask(two.leases, 'k')).toEqual({ kind: 'changed', id })
    const lease = await leaseOf(ask(two.leases, 'k', { seen: id }))
    expect(await look(one.bare, 'k'), 'readable meanwhile').toBe('fresh old')
    expect(await fillWith(lease, 'new')).toBe('filled')
    expect(await look(one.bare, 'k')).toBe('fresh new')
  })

  test('a value that its tag has ended is not sent to be read again', async () => {
    await store(one.bare, 'k', 'old', { tags: ['t'] })
    await one.bare.invalidate(['t'], false)
    expect(await look(two.bare, 'k')).toBeUndefined()
    expect((await ask(two.leases, 'k')).kind).toBe('yours')
  })

  test('is renewed while the load runs, at most so long', async () => {
    const lease = await leaseOf(ask(one.leases, 'k', { ttl: 600, longest: 1_800 }))
    const token = await tokenIn()
    await sleep(1_200)
    expect((await heldOf(ask(two.leases, 'k'))).token).toBe(token)
    await until(async () => (await client.exists(KEY)) === 0)
    expect((await ask(two.leases, 'k')).kind).toBe('yours')
    expect(await fillWith(lease, 'late')).toBe('revoked')
    expect(await look(one.bare, 'k')).toBeUndefined()
  })

  test('of a process that is gone ends by itself', async () => {
    await leaseOf(ask(one.leases, 'k', { ttl: 500 }))
    await one.close()
    const { left, wait, leave, token } = await heldOf(ask(two.leases, 'k', { ttl: 500 }))
    expect(left).toBeLessThanOrEqual(500)
    await wait(left + 1)
    leave()
    const lease = await leaseOf(ask(two.leases, 'k', { waitedFor: token }))
    expect(await fillWith(lease, 'value')).toBe('filled')
  })

  test('a deadline that is further off than a lease lasts is not believed', async () => {
    await leaseOf(ask(one.leases, 'k', { ttl: 60_000 }))
    expect((await heldOf(ask(two.leases, 'k', { ttl: 500 }))).left).toBe(500)
  })

  test('once it has ended, nothing of it can be stored or given back', async () => {
    const old = await leaseOf(ask(one.leases, 'k', { ttl: 100, longest: 0 }))
    await until(async () => (await client.exists(KEY)) === 0)
    const young = await leaseOf(ask(two.leases, 'k'))
    expect(await old.release({ how: 'quiet' })).toBe(false)
    expect(await fillWith(young, 'young')).toBe('filled')
    expect(await young.release({ how: 'quiet' })).toBe(true)
    expect(await look(one.bare, 'k')).toBe('fresh young')
  })

  /** What revokes it, and what is there afterwards: where there was nothing, where a stale value was. */
  const enders: [string, () => Promise<unknown>, string | undefined, string | undefined][] = [
    ['DEL by hand', () => client.del(KEY), undefined, undefined],
    ['SET by hand', () => client.set(KEY, 'foreign'), undefined, undefined],
    ['FLUSHALL', () => client.flushall(), undefined, undefined],
    ['eviction of the tag', () => client.del('s1:test:t:{t}'), undefined, undefined],
    ['eviction of the namespace version', () => client.del('s1:test:v'), undefined, undefined],
    ['delete', async () => await two.bare.remove(['k', 'other']), undefined, undefined],
    ['set', () => store(two.bare, 'k', 'set'), 'fresh set', 'fresh set'],
    ['expire', async () => await two.bare.expire('k'), undefined, 'stale old'],
    ['a tag', async () => await two.bare.invalidate(['x', 't'], false), undefined, undefined],
    ['a tag, softly', async () => await two.bare.invalidate(['t'], true), undefined, 'stale old'],
    ['clear', async () => await two.bare.clear(), undefined, undefined],
    ['force', async () => await ask(two.leases, 'k', { mode: 'force' }), undefined, 'stale old'],
  ]

  test.each(enders)('is revoked by %s', async (_, end, after) => {
    const lease = await leaseOf(ask(one.leases, 'k', { tags: ['t'] }))
    await end()
    expect(await fillWith(lease, 'new', { tags: ['t'] })).toBe('revoked')
    expect(await look(two.bare, 'k')).toBe(after)
  })

  test.each(enders)('while a stale value is there, is revoked by %s', async (_, end, __, after) => {
    const id = newId()
    await store(one.bare, 'k', 'old', { id, tags: ['t'], freshUntil: 0 })
    const lease = await leaseOf(ask(one.leases, 'k', { tags: ['t'], seen: id }))
    expect(await look(two.bare, 'k')).toBe('stale old')
    await end()
    expect(await fillWith(lease, 'new', { tags: ['t'] })).toBe('revoked')
    expect(await look(two.bare, 'k')).toBe(after)
  })

  test('is not revoked by what concerns others', async () => {
    const lease = await leaseOf(ask(one.leases, 'k', { tags: ['t'] }))
    await two.bare.remove(['other'])
    await two.bare.invalidate(['x'], false)
    await two.bare.invalidate(['y'], true)
    expect(await fillWith(lease, 'value', { tags: ['t'] })).toBe('filled')
    expect(await look(two.bare, 'k')).toBe('fresh value')
  })

  test('gives way at the last moment to what this process knows', async () => {
    const lease = await leaseOf(ask(one.leases, 'k'))
    expect(await lease.fill(entryOf('old'), [], () => false)).toBe('revoked')
    expect(await client.exists(KEY)).toBe(0)
  })

  test('given back quietly leaves no trace but the value that was there, and wakes who waits', async () => {
    const id = newId()
    await store(one.bare, 'k', 'stale', { id, freshUntil: 0 })
    for (const seen of ['', id]) {
      const key = seen === '' ? 'l' : 'k'
      const lease = await leaseOf(ask(one.leases, key, { seen }))
      const waiting = await heldOf(ask(two.leases, key, { seen }))
      expect(await lease.release({ how: 'quiet' })).toBe(true)
      await woken(waiting)
    }
    expect(await look(two.bare, 'k')).toBe('stale stale')
    expect(await client.exists('s1:test:e:{l}')).toBe(0)
    expect((await ask(two.leases, 'k', { seen: id })).kind).toBe('yours')
  })

  test('shared: the first value is stored, and only who holds it ends it', async () => {
    const [first, second, third] = [
      await leaseOf(ask(one.leases, 'k', { mode: 'share' })),
      await leaseOf(ask(two.leases, 'k', { mode: 'share' })),
      await leaseOf(ask(two.leases, 'k', { mode: 'share' })),
    ]
    expect(await third.release({ how: 'quiet' })).toBe(true)
    expect((await ask(two.leases, 'k')).kind).toBe('held')
    expect(await fillWith(second, 'second')).toBe('filled')
    expect(await fillWith(first, 'first')).toBe('revoked')
    expect(await look(one.bare, 'k')).toBe('fresh second')
  })

  test('taken by force revokes the one that was held, and its value is announced to all', async () => {
    const id = newId()
    await store(one.bare, 'k', 'old', { id })
    const old = await leaseOf(ask(one.leases, 'k', { seen: id }))
    const forced = await leaseOf(ask(two.leases, 'k', { mode: 'force' }))
    expect(await fillWith(old, 'old')).toBe('revoked')
    const heard = await heardDuring(async () => {
      expect(await fillWith(forced, 'forced')).toBe('filled')
    })
    expect(heard).toEqual([['test', 'r', ['k']]])
    expect(await look(one.bare, 'k')).toBe('fresh forced')
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a list', () => client.lpush(KEY, 'a')],
    ['foreign text', () => client.set(KEY, 'x'.repeat(200))],
    ['a short text', () => client.set(KEY, 'SRE1V')],
    ['a record of another version', () => client.set(KEY, `SRE2${'x'.repeat(200)}`)],
  ])('takes the place of %s', async (_, put) => {
    await put()
    const lease = await leaseOf(ask(one.leases, 'k'))
    expect(await fillWith(lease, 'value')).toBe('filled')
    expect(await look(two.bare, 'k')).toBe('fresh value')
  })

  test('that comes too late is not given', async () => {
    const hasty = await openTiers({ url: server.url, timeout: 100, connectTimeout: 5_000 })
    await store(hasty.bare, 'warm', 'x')
    await client.call('CLIENT', 'PAUSE', '300', 'ALL')
    expect(await outcomeOf(ask(hasty.leases, 'k'))).toBe('timeout')
    expect(await client.exists(KEY)).toBe(0)
    expect((await ask(one.leases, 'k')).kind).toBe('yours')
    await hasty.close()
  })
})
