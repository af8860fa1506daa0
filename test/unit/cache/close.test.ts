import { describe, expect, test, vi } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { ClosedError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { openBoth, openMemory, rejectionOf, slowLoader, stateOf } from './harness.js'

const key = (id: number): string => `user:${id}`

describe.each([
  ['memory only', openMemory],
  ['both tiers', openBoth],
])('a closed cache (%s)', (_, open) => {
  async function openClosed() {
    const opened = open({ grace: '1h' })
    const { cache } = opened
    const user = cache.define('user', {
      key: (id: number) => id,
      load: (id) => `loaded ${id}`,
      loadMany: (ids: number[]) => ids.map((id) => `loaded ${id}`),
    })
    await cache.setMany([
      { key: 'k', value: 'stored' },
      { key: 'user:1', value: 'stored' },
    ])
    const child = cache.namespace('child')
    await child.set('k', 'stored')
    await cache.close()
    return { ...opened, user, child }
  }

  test('runs the loader of each call, uncached', async () => {
    const { cache, user, child } = await openClosed()
    let runs = 0
    const load = (): number => ++runs
    expect(await cache.get('k', load)).toBe(1)
    expect(await cache.read('k', load)).toMatchObject({
      value: 2,
      outcome: 'bypass',
      tier: 'loader',
      storedAt: undefined,
    })
    expect(await child.get('k', load)).toBe(3)
    expect(await cache.get('k', load, { force: true })).toBe(4)
    expect(await user(1)).toBe('loaded 1')
    expect(await cache.get('k', load)).toBe(5)
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('runs the loader of getMany and of a definition each time', async () => {
    const { cache, user } = await openClosed()
    const load = vi.fn((ids: number[]) => ids.map((id) => `loaded ${id}`))
    for (let round = 1; round <= 2; round++) {
      const values = await cache.getMany([1, 2], { key, load })
      expect([...values.values()]).toEqual(['loaded 1', 'loaded 2'])
      expect(load).toHaveBeenCalledTimes(round)
      expect([...(await user.many([1])).values()]).toEqual(['loaded 1'])
    }
    expect([cache.peek('user:1'), cache.peek('user:2')]).toEqual([undefined, undefined])
  })

  test("a loader's error is thrown as it is", async () => {
    const { cache } = await openClosed()
    const failure = new Error('failed')
    await expect(cache.get('k', () => Promise.reject(failure))).rejects.toBe(failure)
  })

  test.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['get', (cache) => cache.get('k')],
    ['read', (cache) => cache.read('k')],
    ['has', (cache) => cache.has('k')],
    ['getMany', (cache) => cache.getMany(['k'], { key: (id) => id })],
    ['set', (cache) => cache.set('k', 1)],
    ['setMany', (cache) => cache.setMany([{ key: 'k', value: 1 }])],
    ['setMany of nothing', (cache) => cache.setMany([])],
    ['delete', (cache) => cache.delete('k')],
    ['deleteMany', (cache) => cache.deleteMany(['k'])],
    ['deleteMany of nothing', (cache) => cache.deleteMany([])],
    ['expire', (cache) => cache.expire('k')],
    ['invalidateTags', (cache) => cache.invalidateTags('t')],
    ['invalidateTags of nothing', (cache) => cache.invalidateTags([])],
    ['clear', (cache) => cache.clear()],
    ['warm', (cache) => cache.warm(['k'], { load: () => 1 })],
  ])('%s rejects', async (_, call) => {
    const { cache, child } = await openClosed()
    for (const space of [cache, child]) {
      const error = await rejectionOf(call(space))
      expect(error).toBeInstanceOf(ClosedError)
      expect(error).toMatchObject({ code: 'STRATA_CLOSED' })
    }
  })

  test('the writes of a definition reject', async () => {
    const { user } = await openClosed()
    for (const call of [user.set(1, 'x'), user.delete(1), user.expire(1)]) {
      await expect(call).rejects.toBeInstanceOf(ClosedError)
    }
    expect(user.peek(1)).toBeUndefined()
  })

  test('stats, ready, on and close still answer', async () => {
    const { cache } = await openClosed()
    expect(cache.stats().namespace).toBe('default')
    await expect(cache.ready()).resolves.toHaveProperty('redis')
    cache.on('error', () => {})()
    await cache.close()
    await cache[Symbol.asyncDispose]()
  })
})

describe('close', () => {
  test('lets go of what memory held, of every namespace', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'value')
    await cache.namespace('child').set('k', 'value')
    await cache.close()
    expect(cache.stats().memory).toEqual({ entries: 0, bytes: 0 })
  })

  test('gives up background loads', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'old')
    clock.advance(61_000)
    let signal: AbortSignal | undefined
    await cache.get('k', (ctx) => {
      ;({ signal } = ctx)
      return new Promise<string>(() => {})
    })
    await settle()
    expect(signal?.aborted).toBe(false)
    await cache.close()
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBeInstanceOf(ClosedError)
  })

  test('gives up a load whose callers have taken the stale value after softTimeout', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h', softTimeout: 50 })
    await cache.set('k', 'old')
    clock.advance(61_000)
    let signal: AbortSignal | undefined
    const call = cache.get('k', (ctx) => {
      ;({ signal } = ctx)
      return new Promise<string>(() => {})
    })
    await settle()
    await clock.advanceAsync(50)
    expect(await call).toBe('old')
    await cache.close()
    expect(signal?.aborted).toBe(true)
  })

  test('gives up a background load that another one has taken the place of', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'old')
    clock.advance(61_000)
    const signals: AbortSignal[] = []
    const load = slowLoader<string>()
    const loader = (ctx: { signal: AbortSignal }): Promise<string> => {
      signals.push(ctx.signal)
      return load()
    }
    await cache.get('k', loader)
    await settle()
    await cache.delete('k')
    const attended = cache.get('k', loader)
    await settle()
    await cache.close()
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    load.runs[1]!.resolve('new')
    expect(await attended).toBe('new')
  })

  test('lets loads that somebody waits for end', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    let signal: AbortSignal | undefined
    const call = cache.get('k', (ctx) => {
      ;({ signal } = ctx)
      return load()
    })
    await settle()
    await cache.close()
    expect(signal?.aborted).toBe(false)
    load.runs[0]!.resolve('value')
    expect(await call).toBe('value')
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('nothing that lands afterwards is kept, not even what is read again', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const calls = [cache.get('k', load), cache.get('k', load)]
    await settle()
    await cache.close()
    load.runs[0]!.resolve('one')
    await settle()
    load.runs[1]?.resolve('two')
    await Promise.all(calls)
    expect(cache.stats().memory.entries).toBe(0)
    expect(await cache.get('k', () => 'three')).toBe('three')
  })

  test('closes the second tier once, also for two callers', async () => {
    const { cache, remote } = openBoth()
    const close = vi.spyOn(remote, 'close')
    await Promise.all([cache.close(), cache.close()])
    await cache.close()
    expect(close).toHaveBeenCalledTimes(1)
  })

  test('tells the second tier what it has not been told yet', async () => {
    const { cache, remote } = openBoth()
    await cache.set('k', 'old')
    remote.fail()
    expect(await cache.delete('k')).toBe('queued')
    remote.mend()
    await cache.close()
    expect(remote.of('default').entries.has('k')).toBe(false)
    expect(remote.isClosed).toBe(true)
  })

  test('for at most 5 s', async () => {
    const { cache, remote, clock } = openBoth()
    remote.fail()
    await cache.delete('k')
    remote.mend()
    remote.holdReply('remove')
    const closed = cache.close()
    await settle()
    await clock.advanceAsync(4_999)
    expect(await stateOf(closed)).toBe('pending')
    await clock.advanceAsync(1)
    expect(await stateOf(closed)).toBe('fulfilled')
    expect(remote.isClosed).toBe(true)
  })

  test('warns of what the second tier has not heard of, and only of that', async () => {
    const logger = { info: vi.fn(), warn: vi.fn() }
    const { cache, remote, clock } = openBoth({ logger })
    const told = openBoth({ logger })
    await told.cache.delete('k')
    await told.cache.close()
    remote.fail()
    await cache.delete('k')
    const closed = cache.close()
    await clock.advanceAsync(5_000)
    await closed
    const untold = logger.warn.mock.calls.filter(([{ code }]) => code === 'STRATA_UNTOLD')
    expect(untold).toEqual([[{ code: 'STRATA_UNTOLD' }, expect.stringContaining('1 invalidation')]])
  })

  test('leaves no timer behind', async () => {
    const { cache, remote, clock } = openBoth({ grace: '1h' })
    remote.fail()
    await cache.delete('k')
    const closed = cache.close()
    await clock.advanceAsync(5_000)
    await closed
    expect(clock.waiting).toBe(0)
  })

  test('is what `await using` does', async () => {
    const { cache } = openMemory()
    await cache[Symbol.asyncDispose]()
    await expect(cache.get('k')).rejects.toBeInstanceOf(ClosedError)
  })
})
