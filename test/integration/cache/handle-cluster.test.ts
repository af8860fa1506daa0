import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import * as handle from '../../../src/cache/handle.js'
import type { Condition, LeaseAnswer } from '../../../src/cache/handle.js'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { CacheProcess } from '../../support/cache-process.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, until } from '../../support/redis-server.js'

const ABSENT: Condition = { kind: 'absent' }
const PRESENT: Condition = { kind: 'present' }
const is = (...ids: string[]): Condition => ({ kind: 'is', ids })
const WISH = { ttl: 30_000, wait: 30_000 }
const TAGS = ['a', 'b', 'c']

function tokenIn(answer: LeaseAnswer): string {
  if (answer.kind !== 'yours') throw new Error(`the lease was not given: ${answer.kind}`)
  return answer.token
}

describeRedis('the handle of a cache on a Redis Cluster', () => {
  const caches = new Caches()
  let cluster: RedisCluster
  let namespace: string

  beforeAll(async () => {
    cluster = await startCluster()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(() => caches.close())
  afterAll(() => cluster.close())

  const options = (): CacheOptions => ({
    namespace,
    ttl: '5m',
    redis: { cluster: { nodes: cluster.nodes }, ...PATIENT },
  })
  const open = (more: CacheOptions = {}): Cache => caches.open({ ...options(), ...more }).cache
  const bare = (): Cache => open({ memory: false })

  const states: readonly [string, (cache: Cache) => Promise<unknown>, boolean][] = [
    ['nothing', () => Promise.resolve(), false],
    ['a value', (cache) => cache.set('k', 1), true],
    ['a value with tags', (cache) => cache.set('k', 1, { tags: TAGS }), true],
    ['a stale value', (cache) => cache.set('k', 1, { ttl: 0, grace: '1m' }), false],
    ...[false, true].map((soft): [string, (cache: Cache) => Promise<unknown>, boolean] => [
      `a value whose tag was ended (soft: ${soft})`,
      async (cache) => {
        await cache.set('k', 1, { grace: '1m', tags: TAGS })
        await cache.invalidateTags('b', { soft })
      },
      false,
    ]),
    [
      'a value of a cleared namespace',
      async (cache) => {
        await cache.set('k', 1)
        await cache.clear()
      },
      false,
    ],
    ['a lease', (cache) => handle.lease(cache, 'k', WISH), false],
  ]

  it.each(states)('takes %s for what a read finds', async (_, make, isThere) => {
    const [ours, theirs] = [bare(), bare()]
    for (const condition of [ABSENT, PRESENT]) {
      await theirs.delete('k')
      await make(theirs)
      const { value, id } = await theirs.read('k')
      const done = (condition === PRESENT) === isThere
      const put = await handle.put(ours, 'k', 'new', { tags: ['x'] }, condition)
      expect(put.result).toBe(done ? 'applied' : 'refused')
      const found = done ? { value: 'new', id: put.id, tags: ['x'] } : { value, id }
      expect(await theirs.read('k')).toMatchObject(found)
      expect(await handle.remove(ours, 'k', is('AAAAAAAAAAAA'))).toBe('refused')
    }
  })

  it('tells other processes of a write that is made', async () => {
    const [ours, theirs] = [open(), open()]
    await ours.ready()
    const { id } = await handle.put(theirs, 'k', 1, {})
    expect(theirs.peek('k')).toBe(1)
    expect((await handle.put(ours, 'k', 2, {}, ABSENT)).result).toBe('refused')
    expect((await handle.put(ours, 'k', 3, {}, is(id))).result).toBe('applied')
    await until(() => theirs.peek('k') === undefined)
    expect(await theirs.get('k')).toBe(3)
    expect(await handle.remove(ours, 'k', PRESENT)).toBe('applied')
    await until(() => theirs.peek('k') === undefined)
    expect(await theirs.get('k')).toBeUndefined()
  })

  describe('of two processes', () => {
    let one: CacheProcess
    let two: CacheProcess

    beforeEach(async () => {
      ;[one, two] = (await Promise.all(
        [options(), options()].map((o) => CacheProcess.start(o)),
      )) as [CacheProcess, CacheProcess]
    })
    afterEach(() => Promise.all([one.close(), two.close()]))

    it.each([
      ['plain', {}],
      ['tagged', { tags: TAGS }],
    ])('loses none of what sixteen writers add (%s)', async (_, how) => {
      await Promise.all([one, two].map((each) => each.addByOne('sum', 8, 10, how)))
      expect(await one.get('sum')).toBe(160)
      expect(await two.get('sum')).toBe(160)
    })

    it('loads once for a lease of either', async () => {
      const token = tokenIn(await one.lease('k', WISH))
      const others = [two.lease('k', WISH), one.lease('k', WISH)]
      const loading = two.load('k', { value: 'loaded' })
      expect((await two.fill('k', token, 'filled')).result).toBe('applied')
      for (const answer of await Promise.all(others)) {
        expect(answer).toMatchObject({ kind: 'value', reading: { value: 'filled' } })
      }
      expect((await loading)[0]?.reading?.value).toBe('filled')
    })

    it('hands the lease on when it is given up, or its time is over', async () => {
      const token = tokenIn(await one.lease('k', WISH))
      const other = two.lease('k', { ttl: 300, wait: 30_000 })
      expect(await two.giveUp('k', token)).toBe(true)
      const late = tokenIn(await other)
      const next = tokenIn(await one.lease('k', WISH))
      expect((await two.fill('k', late, 'late')).result).toBe('revoked')
      expect((await two.fill('k', next, 'good')).result).toBe('applied')
    })

    it.each<[string, (process: CacheProcess) => Promise<unknown>]>([
      ['its key', (process) => process.delete('k')],
      ['the namespace', (process) => process.clear()],
    ])('refuses a fill after an invalidation of %s', async (_, invalidate) => {
      const token = tokenIn(await one.lease('k', WISH))
      await invalidate(two)
      expect((await one.fill('k', token, 'late')).result).toBe('revoked')
      expect(await two.get('k')).toBeUndefined()
    })

    it('files a value under tags that were likely: those of the last fill, or of what is stale', async () => {
      // the versions must have been read before the load: of tags that nobody expected this is not so
      const first = tokenIn(await one.lease('k', WISH))
      expect((await one.fill('k', first, 1, { tags: TAGS })).result).toBe('revoked')
      const second = tokenIn(await one.lease('k', WISH))
      expect((await two.fill('k', second, 2, { grace: '1h', tags: TAGS })).result).toBe('applied')
      expect(await one.read('k')).toMatchObject({ value: 2, tags: TAGS })
      await one.expire('k')
      const third = tokenIn(await two.lease('k', WISH))
      expect((await one.fill('k', third, 3, { tags: ['b'] })).result).toBe('applied')
      await two.invalidateTags(['b'])
      expect(await two.get('k')).toBeUndefined()
    })

    it.each([false, true])(
      'refuses a fill after an invalidation of such a tag (soft: %s)',
      async (soft) => {
        await one.set('k', 1, { ttl: 0, grace: '1h', tags: TAGS })
        const token = tokenIn(await one.lease('k', WISH))
        await two.invalidateTags(['b'], { soft })
        expect((await one.fill('k', token, 'late', { tags: TAGS })).result).toBe('revoked')
        expect(await two.get('k')).toBeUndefined()
      },
    )
  })
})
