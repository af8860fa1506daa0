import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { ask, fillWith, leaseOf } from '../../support/lease-requests.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import { look, type OpenedRedis, openTiers, store } from '../../support/redis-tiers.js'

describeRedis('a tag that is named during the load', () => {
  let server: RedisServer
  let client: Redis
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

  /** A load that names the tag, with what happens while it runs. */
  async function loadWhile(happens: () => Promise<unknown>): Promise<string> {
    const lease = await leaseOf(ask(one.leases, 'k', { tags: ['early'] }))
    await happens()
    return await fillWith(lease, 'value', { tags: ['early', 'late'] }, ['late'])
  }

  const knowTag = () => store(one.bare, 'other', 'x', { tags: ['late'] })

  test('belongs to the value like any other', async () => {
    expect(await loadWhile(async () => {})).toBe('filled')
    expect(await look(two.bare, 'k')).toBe('fresh value')
    expect((await two.bare.read('k'))?.tags).toEqual(['early', 'late'])
    await two.bare.invalidate(['late'], false)
    expect(await look(two.bare, 'k')).toBeUndefined()
  })

  test.each<[string, () => Promise<unknown>]>([
    ['invalidated', async () => await two.bare.invalidate(['late'], false)],
    ['invalidated softly', async () => await two.bare.invalidate(['late'], true)],
    [
      'invalidated, and used again',
      async () => {
        await two.bare.invalidate(['late'], false)
        await store(two.bare, 'another', 'x', { tags: ['late'] })
      },
    ],
    ['invalidated with others', async () => await two.bare.invalidate(['a', 'late'], false)],
    ['cleared', async () => await two.bare.clear()],
    ['lost with the version of the namespace', () => client.del('s1:test:v')],
    ['lost with everything', () => client.flushall()],
  ])('and was %s meanwhile keeps the value from being stored', async (_, happens) => {
    await knowTag()
    expect(await loadWhile(happens)).toBe('revoked')
    expect(await look(two.bare, 'k')).toBeUndefined()
    // the lease went back
    expect((await ask(two.leases, 'k')).kind).toBe('yours')
  })

  test('and was invalidated before anybody used it keeps it from being stored too', async () => {
    const happens = async () => await two.bare.invalidate(['late'], false)
    expect(await loadWhile(happens)).toBe('revoked')
  })

  test('that was in use before is not hit by the invalidation of another', async () => {
    await knowTag()
    const happens = async () => await two.bare.invalidate(['another'], false)
    expect(await loadWhile(happens)).toBe('filled')
    expect(await look(two.bare, 'k')).toBe('fresh value')
  })

  test('that was evicted while another was invalidated: nobody can tell, and it is not stored', async () => {
    await knowTag()
    const happens = async (): Promise<void> => {
      await client.del('s1:test:t:{late}')
      await two.bare.invalidate(['another'], false)
    }
    expect(await loadWhile(happens)).toBe('revoked')
    expect(await loadWhile(async () => {})).toBe('filled')
  })

  test('and was also among those known needs no look', async () => {
    const lease = await leaseOf(ask(one.leases, 'k', { tags: ['early'] }))
    expect(await fillWith(lease, 'value', { tags: ['early'] }, ['early'])).toBe('filled')
    expect((await two.bare.read('k'))?.tags).toEqual(['early'])
  })
})
