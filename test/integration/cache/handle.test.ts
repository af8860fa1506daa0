import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Condition, LeaseAnswer } from '../../../src/cache/handle.js'
import * as handle from '../../../src/cache/handle.js'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { CacheProcess } from '../../support/cache-process.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const ABSENT: Condition = { kind: 'absent' }
const PRESENT: Condition = { kind: 'present' }
const is = (...ids: string[]): Condition => ({ kind: 'is', ids })
const OTHER = 'AAAAAAAAAAAA'
const WISH = { ttl: 30_000, wait: 30_000 }
const AT_ONCE = { ttl: 30_000, wait: 0 }

function tokenIn(answer: LeaseAnswer): string {
  if (answer.kind !== 'yours') throw new Error(`the lease was not given: ${answer.kind}`)
  return answer.token
}

describeRedis('the handle of a cache on one Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  const open = (options: CacheOptions = {}): Cache =>
    caches.patient(server.url, { namespace, ttl: '5m', ...options })
  /** Keeps nothing itself: what it reads stands in Redis. */
  const bare = (): Cache => open({ memory: false })
  const entryKey = (): string => `s1:${namespace}:e:{k}`
  const exists = async (): Promise<boolean> => (await server.cli('EXISTS', entryKey())) === '1'

  const states: readonly [string, (cache: Cache) => Promise<unknown>, boolean][] = [
    ['nothing', () => Promise.resolve(), false],
    ['a value', (cache) => cache.set('k', 1), true],
    ['a value with tags', (cache) => cache.set('k', 1, { tags: ['a', 'ü', 'c'] }), true],
    ['a stale value', (cache) => cache.set('k', 1, { ttl: 0, grace: '1m' }), false],
    [
      'an expired value',
      async (cache) => {
        await cache.set('k', 1, { grace: '1m' })
        await cache.expire('k')
      },
      false,
    ],
    ...(['a', 'ü', 'c'] as const).flatMap((tag) =>
      [false, true].map((soft): [string, (cache: Cache) => Promise<unknown>, boolean] => [
        `a value whose tag ${tag} was ended (soft: ${soft})`,
        async (cache) => {
          await cache.set('k', 1, { grace: '1m', tags: ['a', 'ü', 'c'] })
          await cache.invalidateTags(tag, { soft })
        },
        false,
      ]),
    ),
    [
      'a value of a cleared namespace',
      async (cache) => {
        await cache.set('k', 1, { tags: ['a'] })
        await cache.clear()
      },
      false,
    ],
    [
      'a value whose version was evicted',
      async (cache) => {
        await cache.set('k', 1)
        await server.cli('DEL', `s1:${namespace}:v`)
      },
      false,
    ],
    ['a lease', (cache) => handle.lease(cache, 'k', WISH), false],
    [
      'a value with a lease on it',
      async (cache) => {
        await cache.set('k', 1, { ttl: 0, grace: '1m' })
        await handle.lease(cache, 'k', WISH)
      },
      false,
    ],
    ['something foreign', () => server.cli('SET', entryKey(), 'x'.repeat(200)), false],
    ['something of another type', () => server.cli('RPUSH', entryKey(), 'x'), false],
  ]

  describe('a write with a condition', () => {
    it.each(states)('takes %s for what a read finds', async (_, make, isThere) => {
      for (const condition of [ABSENT, PRESENT]) {
        for (const tags of [[], ['a'], ['a', 'ü', 'c'], ['d', 'c']]) {
          await server.cli('FLUSHALL')
          const [ours, theirs] = [bare(), bare()]
          await make(theirs)
          const { value, id } = await theirs.read('k')
          expect(value !== undefined).toBe(isThere)
          const done = (condition === PRESENT) === isThere
          const put = await handle.put(ours, 'k', 'new', { tags }, condition)
          expect(put.result).toBe(done ? 'applied' : 'refused')
          const found = await theirs.read('k')
          expect(found).toMatchObject(
            done ? { value: 'new', id: put.id, tags } : { value, id, outcome: found.outcome },
          )
          await caches.close()
        }
      }
    })

    it.each(states)('removes %s if it is what was meant', async (_, make, isThere) => {
      await server.cli('FLUSHALL')
      const [ours, theirs] = [bare(), bare()]
      await make(theirs)
      const existed = await exists()
      expect(await handle.remove(ours, 'k', is(OTHER))).toBe('refused')
      expect(await exists()).toBe(existed)
      expect(await handle.remove(ours, 'k', PRESENT)).toBe(isThere ? 'applied' : 'refused')
      expect(await exists()).toBe(existed && !isThere)
    })

    it('is told to other processes when it is made, not when it is refused', async () => {
      const [ours, theirs] = [open(), open()]
      await ours.ready()
      const { id } = await handle.put(theirs, 'k', 1, {})
      expect(theirs.peek('k')).toBe(1)
      expect((await handle.put(ours, 'k', 2, {}, ABSENT)).result).toBe('refused')
      expect(await handle.remove(ours, 'k', is(OTHER))).toBe('refused')
      expect((await handle.put(ours, 'other', 2, {}, ABSENT)).result).toBe('applied')
      expect(theirs.peek('k')).toBe(1)
      expect((await handle.put(ours, 'k', 3, {}, is(id))).result).toBe('applied')
      await until(() => theirs.peek('k') === undefined)
      expect(await theirs.get('k')).toBe(3)
      expect(await handle.remove(ours, 'k', PRESENT)).toBe('applied')
      await until(() => theirs.peek('k') === undefined)
      expect(await theirs.get('k')).toBeUndefined()
    })

    it('revokes a load of another process', async () => {
      const [ours, theirs] = [open(), open()]
      let finish: (value: string) => void = () => {}
      let begun = (): void => {}
      const isBegun = new Promise<void>((resolve) => (begun = resolve))
      const loading = theirs.read('k', () => {
        begun()
        return new Promise<string>((resolve) => (finish = resolve))
      })
      await isBegun
      expect((await handle.put(ours, 'k', 'put', {}, ABSENT)).result).toBe('applied')
      finish('loaded')
      await loading
      expect(await theirs.get('k')).toBe('put')
      expect(await bare().get('k')).toBe('put')
    })

    it('does nothing on a Redis that takes no writes', async () => {
      const cache = open()
      const { id } = await handle.put(cache, 'k', 1, {})
      await server.cli('CONFIG', 'SET', 'maxmemory', '1')
      try {
        await expect(handle.put(cache, 'k', 2, {}, is(id))).rejects.toMatchObject({
          name: 'TierUnavailableError',
          reason: 'refused',
        })
        expect(await bare().get('k')).toBe(1)
        expect(await handle.remove(cache, 'k', is(id))).toBe('applied')
      } finally {
        await server.cli('CONFIG', 'SET', 'maxmemory', '0')
      }
    })

    it('is not made by what stands there from before a failover', async () => {
      const cache = bare()
      await cache.set('k', 1)
      const [hard = '', soft = ''] = (await server.cli('GET', `s1:${namespace}:v`)).split('.')
      const elsewhere = `${hard}.${soft}.0.${'0'.repeat(40)}`
      await server.cli('SET', `s1:${namespace}:v`, elsewhere, 'PX', '600000')
      expect((await handle.put(bare(), 'k', 2, {}, PRESENT)).result).toBe('refused')
      expect((await handle.put(bare(), 'k', 2, {}, ABSENT)).result).toBe('applied')
      expect(await bare().get('k')).toBe(2)
    })

    it('too large for Redis is as any other that is', async () => {
      const redis = { url: server.url, ...PATIENT, maxValueBytes: 1_024 }
      const { cache } = caches.open({ namespace, redis })
      const { id } = await handle.put(cache, 'k', 1, {})
      expect((await handle.put(cache, 'k', 'x'.repeat(2_000), {}, is(OTHER))).result).toBe(
        'refused',
      )
      expect(await bare().get('k')).toBe(1)
      expect((await handle.put(cache, 'k', 'x'.repeat(2_000), {}, is(id))).result).toBe('applied')
      expect(await exists()).toBe(false)
    })
  })

  describe('a lease', () => {
    it.each<[string, (cache: Cache) => Promise<unknown>]>([
      ['a delete', (cache) => cache.delete('k')],
      ['a set', (cache) => cache.set('k', 'set')],
      ['a write with a condition', (cache) => handle.put(cache, 'k', 'put', {}, ABSENT)],
      ['an invalidation of its first tag', (cache) => cache.invalidateTags('a')],
      ['a soft one of its second', (cache) => cache.invalidateTags('b', { soft: true })],
      ['a clear', (cache) => cache.clear()],
      ['a forced load', (cache) => cache.get('k', () => 'forced', { force: true })],
      ['a flush', () => server.cli('FLUSHALL')],
    ])('is revoked by %s in another process', async (_, invalidate) => {
      const [ours, theirs] = [open(), open()]
      await ours.set('other', 1, { tags: ['a', 'b'] })
      const token = tokenIn(await handle.lease(ours, 'k', WISH))
      await invalidate(theirs)
      const before = await bare().get('k')
      const tags = ['a', 'b']
      expect(await handle.fill(ours, 'k', token, 'late', { tags })).toEqual({
        result: 'revoked',
        id: '',
      })
      expect(await ours.get('k')).toEqual(before)
      expect(await bare().get('k')).toEqual(before)
    })

    it('is not revoked by what does not concern it', async () => {
      const [ours, theirs] = [open(), open()]
      await theirs.set('x', 1, { tags: ['a', 'b', 'other'] })
      await theirs.invalidateTags(['a', 'b'])
      await theirs.set('x', 1, { tags: ['a', 'b'] })
      const token = tokenIn(await handle.lease(ours, 'k', WISH))
      await theirs.invalidateTags('other')
      await theirs.delete('x')
      const { result, id } = await handle.fill(theirs, 'k', token, 1, { tags: ['a', 'b'] })
      expect(result).toBe('applied')
      expect(await ours.read('k')).toMatchObject({ value: 1, tags: ['a', 'b'], id })
      await ours.invalidateTags('b')
      expect(await bare().get('k')).toBeUndefined()
    })

    it('with a stale value leaves that to those who cannot wait', async () => {
      const [ours, theirs] = [open({ grace: '1h' }), open({ grace: '1h' })]
      await theirs.set('k', 'old')
      await theirs.expire('k')
      const token = tokenIn(await handle.lease(ours, 'k', WISH))
      expect(await handle.lease(theirs, 'k', AT_ONCE)).toMatchObject({
        kind: 'busy',
        stale: { value: 'old', outcome: 'stale' },
      })
      expect((await handle.fill(theirs, 'k', token, 'new', {})).result).toBe('applied')
      expect(await ours.get('k')).toBe('new')
    })

    it('is not given while the key rests after a failed load elsewhere', async () => {
      const options = { grace: '1h', softTimeout: false, retryAfter: '1h' } as const
      const [ours, theirs] = [open(options), open(options)]
      await theirs.set('k', 'old')
      await theirs.expire('k')
      expect(await theirs.get('k', () => Promise.reject(new Error('no')))).toBe('old')
      const answered = async (): Promise<boolean> =>
        (await handle.lease(ours, 'k', AT_ONCE)).kind === 'busy'
      await until(answered)
    })

    it('goes to who waited for a load that failed elsewhere', async () => {
      const [ours, theirs] = [open(), open()]
      let fail = (): void => {}
      let begun = (): void => {}
      const isBegun = new Promise<void>((resolve) => (begun = resolve))
      const loading = theirs.get('k', () => {
        begun()
        return new Promise((_, reject) => (fail = () => reject(new Error('no'))))
      })
      loading.catch(() => {})
      await isBegun
      const answer = handle.lease(ours, 'k', WISH)
      await until(async () => (await server.cli('GETRANGE', entryKey(), '32', '32')) === '1')
      fail()
      expect((await answer).kind).toBe('yours')
    })

    it('of a caller who has left goes back', async () => {
      const cache = open()
      const leaving = new AbortController()
      const token = tokenIn(await handle.lease(cache, 'k', WISH))
      const other = handle.lease(cache, 'k', { ...WISH, signal: leaving.signal })
      await until(async () => (await server.cli('GETRANGE', entryKey(), '32', '32')) === '1')
      leaving.abort(new Error('left'))
      await expect(other).rejects.toThrow('left')
      expect(await handle.giveUp(cache, 'k', token)).toBe(true)
      expect((await handle.lease(cache, 'k', AT_ONCE)).kind).toBe('yours')
    })

    it.each([
      ['empty', ''],
      ['of another form', 'x'],
      ['long', '1'.repeat(100_000)],
      ['well-formed', `1${'A'.repeat(36)}.0`],
      ['of no lease', `1${'.'.repeat(12)}${'A'.repeat(24)}.0`],
    ])('does not open by a token that is %s', async (_, token) => {
      const cache = open()
      const good = tokenIn(await handle.lease(cache, 'k', WISH))
      expect((await handle.fill(cache, 'k', token, 1, {})).result).toBe('revoked')
      expect(await handle.giveUp(cache, 'k', token)).toBe(false)
      expect((await handle.fill(cache, 'other', good, 1, {})).result).toBe('revoked')
      expect(await handle.giveUp(cache, 'k', good)).toBe(true)
    })

    it('is filled once', async () => {
      const [ours, theirs] = [open(), open()]
      const token = tokenIn(await handle.lease(ours, 'k', WISH))
      const fills = await Promise.all(
        [ours, theirs, ours, theirs].map((cache, i) => handle.fill(cache, 'k', token, i, {})),
      )
      expect(fills.map(({ result }) => result).toSorted()).toEqual([
        'applied',
        'revoked',
        'revoked',
        'revoked',
      ])
      const winner = fills.findIndex(({ result }) => result === 'applied')
      expect(await bare().get('k')).toBe(winner)
      expect(await ours.get('k')).toBe(winner)
    })
  })
})

describeRedis('two processes with a handle on one Redis', () => {
  const namespace = freshNamespace()
  let server: RedisServer
  let one: CacheProcess
  let two: CacheProcess

  beforeAll(async () => {
    server = await startRedis()
    const start = (): Promise<CacheProcess> =>
      CacheProcess.start({ namespace, ttl: '5m', redis: { url: server.url, ...PATIENT } })
    ;[one, two] = await Promise.all([start(), start()])
  })
  afterAll(async () => {
    await Promise.all([one.close(), two.close()])
    await server.close()
  })

  const isAwaited = async (key: string): Promise<boolean> =>
    (await server.cli('GETRANGE', `s1:${namespace}:e:{${key}}`, '32', '32')) === '1'

  it.each([
    ['plain', {}],
    ['tagged', { tags: ['sum', 'number'] }],
  ])('lose none of what sixteen writers add (%s)', async (name, options) => {
    const [writers, times] = [8, 50]
    const key = `sum ${name}`
    const refused = await Promise.all(
      [one, two].map((each) => each.addByOne(key, writers, times, options)),
    )
    expect(await one.get(key)).toBe(2 * writers * times)
    expect(await two.get(key)).toBe(2 * writers * times)
    expect(Math.min(...refused)).toBeGreaterThan(0)
  })

  it('load once for a lease of either', async () => {
    const token = tokenIn(await one.lease('cold', WISH))
    const others = Promise.all([
      two.lease('cold', WISH),
      one.lease('cold', WISH),
      two.load('cold', { value: 'loaded' }).then(([answer]) => answer?.reading?.value),
      one.load('cold', { value: 'loaded' }).then(([answer]) => answer?.reading?.value),
    ])
    await until(() => isAwaited('cold'))
    expect((await two.fill('cold', token, 'filled', { tags: ['t'] })).result).toBe('applied')
    const reading = { value: 'filled', tags: ['t'] }
    expect(await others).toMatchObject([
      { kind: 'value', reading },
      { kind: 'value', reading },
      'filled',
      'filled',
    ])
  })

  it('wait with a lease for a load of either', async () => {
    const loading = one.load('slow', { value: 'loaded', gate: 'slow' })
    await until(async () => (await server.cli('EXISTS', `s1:${namespace}:e:{slow}`)) === '1')
    const others = [one.lease('slow', WISH), two.lease('slow', WISH)]
    await until(() => isAwaited('slow'))
    await one.open('slow')
    await loading
    for (const answer of await Promise.all(others)) {
      expect(answer).toMatchObject({ kind: 'value', reading: { value: 'loaded' } })
    }
  })

  it('hand the lease on when it is given up in the other one', async () => {
    const token = tokenIn(await one.lease('handed', WISH))
    const other = two.lease('handed', WISH)
    await until(() => isAwaited('handed'))
    expect(await two.giveUp('handed', token)).toBe(true)
    expect(await two.giveUp('handed', tokenIn(await other))).toBe(true)
    expect(await one.giveUp('handed', token)).toBe(false)
  })

  it('give the lease to another when its time is over', async () => {
    const token = tokenIn(await one.lease('dead', { ttl: 300, wait: 0 }))
    const next = tokenIn(await two.lease('dead', WISH))
    expect((await one.fill('dead', token, 'late')).result).toBe('revoked')
    expect((await one.fill('dead', next, 'good')).result).toBe('applied')
    expect(await two.get('dead')).toBe('good')
  })

  it.each<[string, (process: CacheProcess) => Promise<unknown>]>([
    ['its key', (process) => process.delete('revoked')],
    ['its tag', (process) => process.invalidateTags(['t'])],
    ['the namespace', (process) => process.clear()],
  ])('refuse a fill after an invalidation of %s', async (_, invalidate) => {
    for (const [giver, filler, other] of [
      [one, two, one],
      [one, one, two],
      [two, two, two],
    ] as const) {
      await other.delete('revoked')
      const token = tokenIn(await giver.lease('revoked', WISH))
      await invalidate(other)
      expect(await filler.fill('revoked', token, 'late', { tags: ['t'] })).toEqual({
        result: 'revoked',
        id: '',
      })
      expect(await filler.get('revoked')).toBeUndefined()
    }
  })
})
