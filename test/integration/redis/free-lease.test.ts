import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Grant, Lease, LeaseDesk, LeaseRequest } from '../../../src/flight/lease.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import { callsDuring } from '../../support/redis-stats.js'
import { entryOf, look, type OpenedRedis, openTiers } from '../../support/redis-tiers.js'

const REQUEST: LeaseRequest = {
  tags: [],
  lifetime: 60_000,
  seen: '',
  mode: 'wait',
  ttl: 2_000,
  longest: 30_000,
  waitedFor: '',
  hasStale: false,
}

function leaseIn(grant: Grant): Lease {
  if (grant.kind !== 'yours') throw new Error(`not given: ${grant.kind}`)
  return grant.lease
}

describeRedis('the lease of a key under which nothing was found', () => {
  let server: RedisServer
  let client: Redis
  let opened: OpenedRedis
  let leases: LeaseDesk

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port, '127.0.0.1')
  })
  beforeEach(async () => {
    await client.flushall()
    opened = await openTiers({ client, timeout: 5_000, connectTimeout: 5_000 })
    leases = opened.tiers.leasesOf('test')
    // by the script, which makes the version of the namespace and sees to it that it lasts
    await fill('first')
  })
  afterEach(() => opened.close())
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  async function acquire(key: string, request: Partial<LeaseRequest> = {}): Promise<Grant> {
    return await leases.acquire(key, { ...REQUEST, ...request })
  }

  async function fill(key: string): Promise<string> {
    const lease = leaseIn(await acquire(key))
    return await lease.fill(entryOf('one'), [], () => true)
  }

  test('is taken by one SET, without a script', async () => {
    const calls = await callsDuring(server, () => acquire('k'))
    expect(calls).toEqual({ set: 1 })
  })

  test('is filled as any other', async () => {
    expect(await fill('k')).toBe('filled')
    expect(await look(opened.bare, 'k')).toBe('fresh one')
  })

  test('is held for as long as it says, for others to see', async () => {
    await acquire('k')
    const grant = await acquire('k')
    expect(grant).toMatchObject({ kind: 'held' })
    if (grant.kind !== 'held') return
    grant.leave()
    expect(grant.left).toBeGreaterThan(1_000)
    expect(grant.left).toBeLessThanOrEqual(2_000)
    expect(await client.pttl('s1:test:e:{k}')).toBeLessThanOrEqual(2_000)
  })

  test('is shared by those who do not wait', async () => {
    const [one, other] = [await acquire('k'), await acquire('k', { mode: 'share' })]
    expect(await leaseIn(other).fill(entryOf('one'), [], () => true)).toBe('filled')
    expect(await leaseIn(one).fill(entryOf('two'), [], () => true)).toBe('revoked')
  })

  test('says that a value is there after all', async () => {
    await fill('k')
    expect(await acquire('k')).toMatchObject({ kind: 'changed' })
  })

  test('is taken from something foreign by the script', async () => {
    await client.rpush('s1:test:e:{k}', 'a list')
    expect(await fill('k')).toBe('filled')
  })

  test.each([
    ['a delete', (): Promise<unknown> => client.del('s1:test:e:{k}')],
    ['a clear', (): Promise<unknown> => opened.bare.clear() as Promise<unknown>],
    ['the loss of the version', (): Promise<unknown> => client.del('s1:test:v')],
  ])('is revoked by %s', async (_, end) => {
    const lease = leaseIn(await acquire('k'))
    await end()
    expect(await lease.fill(entryOf('one'), [], () => true)).toBe('revoked')
    expect(await look(opened.bare, 'k')).toBeUndefined()
    expect(await fill('k')).toBe('filled')
    expect(await look(opened.bare, 'k')).toBe('fresh one')
  })

  test('is asked of the script where the version may not last', async () => {
    const calls = await callsDuring(server, () => acquire('k', { lifetime: 600_000 }))
    expect(calls['evalsha']).toBe(1)
    expect(await client.pttl('s1:test:v')).toBeGreaterThan(600_000)
  })

  test('is asked of the script for an entry with tags', async () => {
    const calls = await callsDuring(server, () => acquire('k', { tags: ['t'] }))
    expect(calls['evalsha'] ?? calls['eval']).toBe(1)
  })
})
