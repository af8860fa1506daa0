import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import { entryOf, look, type OpenedRedis, openTiers, store } from '../../support/redis-tiers.js'

const patient = { timeout: 5_000, connectTimeout: 10_000 }
const ENTRY = 's1:test:e:{k}'
const TAG = 's1:test:t:{t}'
const VERSION = 's1:test:v'

/** What was reported, except about the connection. */
function faults(opened: OpenedRedis): unknown[] {
  return opened.events.flatMap((event) => (event.type === 'record-fault' ? [event.fault] : []))
}

describeRedis('what others did to our keys', () => {
  let server: RedisServer
  let client: Redis
  let opened: OpenedRedis

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port, '127.0.0.1')
    opened = await openTiers({ url: server.url, ...patient })
  })
  beforeEach(async () => {
    await client.flushall()
    opened.events.length = 0
    await store(opened.guarded, 'k', 'one', { tags: ['t'] })
    expect(await look(opened.guarded, 'k')).toBe('fresh one')
  })
  afterAll(async () => {
    await opened.close()
    client.disconnect()
    await server.close()
  })

  async function list(key: string): Promise<void> {
    await client.del(key)
    await client.rpush(key, 'x')
  }

  /** The next load puts everything right. */
  async function expectMended(): Promise<void> {
    await store(opened.guarded, 'k', 'two', { tags: ['t'] })
    expect(await look(opened.guarded, 'k')).toBe('fresh two')
  }

  test('a list under an entry is a miss, may be expired, and the next write replaces it', async () => {
    await list(ENTRY)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    await opened.guarded.expire('k')
    expect(faults(opened)).toEqual([])
    await expectMended()
  })

  test.each([
    ['a tag', TAG],
    ['the namespace version', VERSION],
  ])(
    'a list under %s makes what is filed under it unreadable, until the next load',
    async (_, key) => {
      await list(key)
      expect(await look(opened.guarded, 'k')).toBeUndefined()
      await expectMended()
    },
  )

  test('a list under a tag can be invalidated', async () => {
    for (const soft of [true, false]) {
      await list(TAG)
      await opened.guarded.invalidate(['t'], soft)
      expect(await client.exists(TAG)).toBe(0)
    }
  })

  test.each(['', 'junk', 'a.b', '.', 'x'.repeat(12)])(
    'the foreign version %j makes what is filed under it unreadable, until the next load',
    async (junk) => {
      for (const key of [TAG, VERSION]) {
        await client.set(key, junk)
        expect(await look(opened.guarded, 'k')).toBeUndefined()
        await expectMended()
      }
    },
  )

  test('a foreign version softened is gone', async () => {
    await client.set(TAG, 'junk')
    await opened.guarded.invalidate(['t'], true)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
  })

  test.each([
    ['foreign', () => client.set(ENTRY, 'something else')],
    [
      'truncated',
      async () => client.set(ENTRY, (await client.getBuffer(ENTRY))?.subarray(0, -3) ?? ''),
    ],
    ['corrupt', () => client.setrange(ENTRY, 100, 'XXXX')],
    ['version', () => client.setrange(ENTRY, 0, 'SRE2')],
  ])('a record that is %s is a counted miss, which expire leaves alone', async (fault, damage) => {
    await damage()
    const before = await client.getBuffer(ENTRY)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    expect(opened.events).toContainEqual({
      type: 'record-fault',
      namespace: 'test',
      key: 'k',
      fault,
    })
    if (fault === 'foreign' || fault === 'version') {
      await opened.guarded.expire('k')
      expect(await client.getBuffer(ENTRY)).toEqual(before)
    }
    await expectMended()
  })

  test('a record of another key under the same digest is not given', async () => {
    const [one, two] = ['a'.repeat(600), 'b'.repeat(600)]
    await store(opened.guarded, one, 'one')
    const [key] = await client.keys('s1:test:e:{%sha256:*')
    await store(opened.guarded, two, 'two')
    const other = (await client.keys('s1:test:e:{%sha256:*')).find((name) => name !== key)
    await client.copy(key ?? '', other ?? '', 'REPLACE')
    expect(await look(opened.guarded, two)).toBeUndefined()
    expect(faults(opened)).toEqual(['key-mismatch'])
  })

  test.each([
    ['the entry', ENTRY],
    ['its tag', TAG],
    ['the namespace version', VERSION],
  ])('%s evicted: a miss, and nothing old comes back', async (_, key) => {
    await client.del(key)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    await opened.guarded.stampsOf(['t'], 60_000)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    await expectMended()
  })

  test('a tag evicted between stamps and write: what is written is unreadable', async () => {
    const stamps = await opened.guarded.stampsOf(['t'], 60_000)
    await client.del(TAG)
    await opened.guarded.write('k', entryOf('late', { tags: ['t'] }), stamps)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    await expectMended()
  })

  test('a lifetime that somebody removed is left alone', async () => {
    await client.persist(TAG)
    await store(opened.guarded, 'k', 'two', { tags: ['t'] })
    expect(await client.pttl(TAG)).toBe(-1)
    await opened.guarded.invalidate(['t'], true)
    expect(await client.pttl(TAG)).toBe(-1)
    expect(await look(opened.guarded, 'k')).toBe('stale two')
  })

  test('expire keeps the lifetime of the key', async () => {
    const before = await client.pttl(ENTRY)
    await opened.guarded.expire('k')
    const after = await client.pttl(ENTRY)
    expect(before - after).toBeLessThan(1_000)
    expect(after).toBeGreaterThan(0)
  })

  test("a turn's reads are one MGET, each key once; its writes are one pipeline", async () => {
    await store(opened.guarded, 'k2', 'two')
    await client.config('RESETSTAT')
    await Promise.all(['k', 'k2', 'k', 'absent', 'k'].map(async (key) => opened.bare.read(key)))
    const reads = await client.info('commandstats')
    // one for the records and the namespace version, one for the versions of the tag
    expect(/cmdstat_mget:calls=(\d+)/.exec(reads)?.[1]).toBe('2')
    const monitor = await client.monitor()
    const seen: string[][] = []
    monitor.on('monitor', (_, args: string[]) => seen.push(args))
    await Promise.all(['k', 'k2', 'k'].map(async (key) => opened.bare.read(key)))
    await client.echo('end')
    await expect.poll(() => seen.length).toBeGreaterThan(2)
    monitor.disconnect()
    expect(seen[0]).toEqual(['mget', ENTRY, VERSION, 's1:test:e:{k2}'])
    expect(seen[1]).toEqual(['mget', TAG])
  })
})

describeRedis('a wrong type in Cluster', () => {
  let cluster: RedisCluster
  let opened: OpenedRedis

  beforeAll(async () => {
    cluster = await startCluster()
    opened = await openTiers({ cluster: { nodes: cluster.nodes }, ...patient })
  })
  afterAll(async () => {
    await opened.close()
    await cluster.close()
  })

  describe('under an entry', () => {
    test('is a reported miss, and other reads of the turn are not harmed', async () => {
      await store(opened.guarded, 'k', 'one', { tags: ['t'] })
      await store(opened.guarded, 'k2', 'two')
      const master = cluster.masters[0]
      await master?.cli('-c', 'DEL', ENTRY)
      await master?.cli('-c', 'RPUSH', ENTRY, 'x')
      const looks = await Promise.all(['k', 'k2'].map((key) => look(opened.guarded, key)))
      expect(looks).toEqual([undefined, 'fresh two'])
      expect(faults(opened)).toEqual(['wrong-type'])
    })
  })
})
