import { describe, expect, test, vi } from 'vitest'
import type { ManyResult } from '../../../src/cache/batch.js'
import { LoadResultError, OverloadedError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { everyShape, openBoth, openMemory, quiet, slowLoader } from './harness.js'

interface Row {
  readonly id: number
  readonly name: string
}

const key = (id: number): string => `user:${id}`
const rowOf = (id: number): Row => ({ id, name: `user ${id}` })

describe.each(everyShape)('getMany (%s)', (_, open) => {
  test.each<[string, (ids: number[]) => ManyResult<number, Row>, boolean]>([
    ['a Map', (ids) => new Map(ids.map((id) => [id, rowOf(id)])), false],
    [
      'a Map in another order',
      (ids) => new Map(ids.toReversed().map((id) => [id, rowOf(id)])),
      false,
    ],
    ['rows with by', (ids) => ids.toReversed().map(rowOf), true],
    ['an array in the same order', (ids) => ids.map(rowOf), false],
  ])('assigns %s to the ids, in the order asked for', async (_, shape, withBy) => {
    const { cache } = open()
    const load = vi.fn((ids: number[]) => Promise.resolve(shape(ids)))
    const options = withBy ? { key, load, by: (row: Row) => row.id } : { key, load }
    const users = await cache.getMany([3, 1, 2], options)
    expect([...users]).toEqual([
      [3, rowOf(3)],
      [1, rowOf(1)],
      [2, rowOf(2)],
    ])
    expect(load).toHaveBeenCalledTimes(1)
    expect(load.mock.calls[0]?.[0]).toEqual([3, 1, 2])
    expect(await cache.get('user:2')).toEqual(rowOf(2))
  })

  test('loads only what no tier has', async () => {
    const { cache } = open()
    await cache.setMany([1, 3].map((id) => ({ key: key(id), value: rowOf(id) })))
    const load = vi.fn((ids: number[]) => ids.map(rowOf))
    const users = await cache.getMany([1, 2, 3, 4], { key, load })
    expect([...users.keys()]).toEqual([1, 2, 3, 4])
    expect(load.mock.calls.map(([ids]) => ids)).toEqual([[2, 4]])
    await cache.getMany([1, 2, 3, 4], { key, load })
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('without a loader gives what is there', async () => {
    const { cache } = open()
    await cache.set('user:1', rowOf(1))
    expect(await cache.getMany([1, 2], { key })).toEqual(new Map([[1, rowOf(1)]]))
  })

  test('asks for a duplicate id once', async () => {
    const { cache } = open()
    const load = vi.fn((ids: number[]) => ids.map(rowOf))
    const users = await cache.getMany([1, 2, 1, 1], { key, load })
    expect([...users.keys()]).toEqual([1, 2])
    expect(load.mock.calls[0]?.[0]).toEqual([1, 2])
  })

  test('loads two ids of one key once', async () => {
    const { cache } = open()
    const load = vi.fn((ids: (number | string)[]) => ids.map((id) => ({ id: Number(id) })))
    const users = await cache.getMany<number | string, { id: number }>([1, '1'], {
      key: (id) => `user:${id}`,
      load,
    })
    expect(load.mock.calls[0]?.[0]).toEqual([1])
    expect([...users]).toEqual([
      [1, { id: 1 }],
      ['1', { id: 1 }],
    ])
  })

  test('an id without a value is absent, and asked for again', async () => {
    const { cache } = open()
    const load = vi.fn(() => new Map<number, Row>([[1, rowOf(1)]]))
    expect([...(await cache.getMany([1, 2], { key, load })).keys()]).toEqual([1])
    expect([...(await cache.getMany([1, 2], { key, load })).keys()]).toEqual([1])
    expect(load.mock.calls.map(([ids]: unknown[]) => ids)).toEqual([[1, 2], [2]])
    expect(await cache.has('user:2')).toBe(false)
  })

  test('with negative it is stored as null, for negativeTtl, and not asked for again', async () => {
    const { cache, clock } = open()
    const load = vi.fn(() => new Map<number, Row>([[1, rowOf(1)]]))
    const options = { key, load, negative: true, negativeTtl: '10s' } as const
    await cache.getMany([1, 2], options)
    expect(await cache.get('user:2')).toBeNull()
    await cache.getMany([1, 2], options)
    expect(load).toHaveBeenCalledTimes(1)
    clock.advance(10_000)
    await cache.getMany([1, 2], options)
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('null and undefined in an array are ids without a value', async () => {
    const { cache } = open()
    const load = (): (Row | null | undefined)[] => [null, rowOf(2), undefined]
    const users = await cache.getMany<number, Row>([1, 2, 3], { key, load })
    expect([...users.keys()]).toEqual([2])
    expect(await cache.has('user:1')).toBe(false)
  })

  test('loads in chunks of maxBatch', async () => {
    const { cache } = open()
    const opened = openMemory({ maxBatch: 10 })
    const load = vi.fn((ids: number[]) => ids.map(rowOf))
    const ids = Array.from({ length: 25 }, (_, id) => id)
    const users = await opened.cache.getMany(ids, { key, load })
    expect([...users.keys()]).toEqual(ids)
    expect(load.mock.calls.map(([some]) => some.length)).toEqual([10, 10, 5])
    // Unless told otherwise: 500.
    const many = Array.from({ length: 501 }, (_, id) => id)
    load.mockClear()
    await cache.getMany(many, { key, load })
    expect(load.mock.calls.map(([some]) => some.length)).toEqual([500, 1])
  })

  test('of nothing asks nobody', async () => {
    const { cache } = open()
    const load = vi.fn(() => [])
    expect(await cache.getMany([], { key, load })).toEqual(new Map())
    expect(load).not.toHaveBeenCalled()
  })

  test('takes any iterable', async () => {
    const { cache } = open()
    const users = await cache.getMany(new Set([1, 2]), { key, load: (ids) => ids.map(rowOf) })
    expect([...users.keys()]).toEqual([1, 2])
  })

  test('joins loads under way, and is joined', async () => {
    const { cache } = open()
    const single = slowLoader<Row>()
    const first = cache.get('user:1', single)
    await settle()
    const many = slowLoader<Row[]>()
    const asked: number[][] = []
    const users = cache.getMany([1, 2], {
      key,
      load: (ids) => {
        asked.push(ids)
        return many()
      },
    })
    await settle()
    await settle()
    const second = cache.get('user:2', single)
    await settle()
    expect(asked).toEqual([[2]])
    expect(single.runs).toHaveLength(1)
    single.runs[0]!.resolve(rowOf(1))
    many.runs[0]!.resolve([rowOf(2)])
    expect(await first).toEqual(rowOf(1))
    expect(await second).toEqual(rowOf(2))
    expect([...(await users).values()]).toEqual([rowOf(1), rowOf(2)])
  })

  test('what it loaded does not wait for what it joined', async () => {
    const { cache } = open()
    const single = slowLoader<Row>()
    const first = cache.get('user:1', single)
    await settle()
    const users = cache.getMany([1, 2], { key, load: (ids) => ids.map(rowOf) })
    await settle()
    await settle()
    expect(await cache.get('user:2')).toEqual(rowOf(2))
    single.runs[0]!.resolve(rowOf(1))
    await Promise.all([first, users])
  })

  test('serves stale ids while they are loaded together', async () => {
    const { cache, clock } = open()
    const options = { ttl: '1m', grace: '1h' } as const
    for (const id of [1, 2]) await cache.set(key(id), { id, name: 'old' }, options)
    clock.advance(61_000)
    const load = vi.fn((ids: number[]) => ids.map((id) => ({ id, name: 'new' })))
    const users = await cache.getMany([1, 2, 3], { key, load, ...options })
    expect([...users.values()].map(({ name }) => name)).toEqual(['old', 'old', 'new'])
    await settle()
    await settle()
    expect(load.mock.calls.map(([ids]) => ids)).toEqual([[1, 2, 3]])
    expect(await cache.get('user:1')).toEqual({ id: 1, name: 'new' })
  })

  test('force loads all of it', async () => {
    const { cache } = open()
    await cache.set('user:1', { id: 1, name: 'old' })
    const load = vi.fn((ids: number[]) => ids.map(rowOf))
    const users = await cache.getMany([1, 2], { key, load, force: true })
    expect(load.mock.calls[0]?.[0]).toEqual([1, 2])
    expect(users.get(1)).toEqual(rowOf(1))
    expect(await cache.get('user:1')).toEqual(rowOf(1))
  })

  test('ctx.for sets ttl and tags of one, and keeps one from being stored', async () => {
    const { cache, clock } = open()
    await cache.getMany([1, 2, 3, 4], {
      key,
      tags: ['users'],
      load: (ids, ctx) => {
        ctx.for(1).ttl('10s')
        ctx.for(2).tag('special')
        ctx.for(3).skip()
        return ids.map(rowOf)
      },
    })
    expect(await cache.has('user:3')).toBe(false)
    clock.advance(10_000)
    expect(await cache.has('user:1')).toBe(false)
    expect((await cache.read('user:2')).tags).toEqual(['users', 'special'])
    await cache.invalidateTags('special')
    expect(await cache.has('user:2')).toBe(false)
    expect(await cache.has('user:4')).toBe(true)
    await cache.invalidateTags('users')
    expect(await cache.has('user:4')).toBe(false)
  })

  test('its signal aborts the load when every caller has given up', async () => {
    const { cache } = open()
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const load = slowLoader<Row[]>()
    const users = quiet(
      cache.getMany([1, 2], {
        key,
        signal: controller.signal,
        load: (_, ctx) => {
          ;({ signal } = ctx)
          return load()
        },
      }),
    )
    await settle()
    await settle()
    expect(signal?.aborted).toBe(false)
    controller.abort(new Error('gone'))
    await expect(users).rejects.toThrow('gone')
    expect(signal?.aborted).toBe(true)
    load.runs[0]!.resolve([rowOf(1), rowOf(2)])
    await settle()
    expect(await cache.has('user:1')).toBe(false)
  })

  test('as long as one id has another caller its signal does not abort', async () => {
    const { cache } = open()
    const controller = new AbortController()
    let signal: AbortSignal | undefined
    const load = slowLoader<Row[]>()
    const users = quiet(
      cache.getMany([1, 2], {
        key,
        signal: controller.signal,
        load: (_, ctx) => {
          ;({ signal } = ctx)
          return load()
        },
      }),
    )
    await settle()
    await settle()
    const other = cache.get('user:2', () => rowOf(0))
    await settle()
    controller.abort(new Error('gone'))
    await expect(users).rejects.toThrow('gone')
    expect(signal?.aborted).toBe(false)
    load.runs[0]!.resolve([rowOf(1), rowOf(2)])
    expect(await other).toEqual(rowOf(2))
  })

  test('a failure of the loader rejects the call as it is', async () => {
    const { cache } = open()
    const failure = new Error('no database')
    const load = vi.fn(() => Promise.reject(failure))
    await expect(cache.getMany([1, 2], { key, load })).rejects.toBe(failure)
    expect(load).toHaveBeenCalledTimes(1)
  })

  test.each<[string, (ids: number[]) => ManyResult<number, Row>]>([
    ['too short', () => [rowOf(1)]],
    ['too long', (ids) => [...ids, 4].map(rowOf)],
    ['empty', () => []],
    ['no array', () => ({ 1: rowOf(1) }) as unknown as Row[]],
    ['nothing', () => undefined as unknown as Row[]],
  ])('an answer that is %s is a LoadResultError, nothing is stored', async (_, load) => {
    const { cache } = open()
    const error = await cache.getMany([1, 2, 3], { key, load }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(LoadResultError)
    for (const id of [1, 2, 3]) expect(await cache.has(key(id))).toBe(false)
  })

  test('rows of which by matches none are a LoadResultError', async () => {
    const { cache } = open()
    const load = (): Row[] => [rowOf(8), rowOf(9)]
    const call = cache.getMany([1, 2], { key, load, by: (row) => row.id })
    await expect(call).rejects.toBeInstanceOf(LoadResultError)
    expect(await cache.has('user:8')).toBe(false)
  })

  test('rows that nobody asked for are left out, no rows are no values', async () => {
    const { cache } = open()
    const by = (row: Row): number => row.id
    const load = (): Row[] => [rowOf(2), rowOf(9)]
    expect(await cache.getMany([1, 2], { key, load, by })).toEqual(new Map([[2, rowOf(2)]]))
    expect(await cache.has('user:9')).toBe(false)
    expect(await cache.getMany([5], { key, load: () => [], by })).toEqual(new Map())
  })

  test('ctx.for an id that is not loaded is a LoadResultError', async () => {
    const { cache } = open()
    const call = cache.getMany([1], {
      key,
      load: (ids, ctx) => {
        ctx.for(2).ttl('1s')
        return ids.map(rowOf)
      },
    })
    await expect(call).rejects.toBeInstanceOf(LoadResultError)
  })

  test('counts each id as a read', async () => {
    const { cache } = open()
    await cache.getMany([1, 2], { key, load: (ids) => ids.map(rowOf) })
    await cache.getMany([1, 2, 3], { key })
    const { reads } = cache.stats()
    const hits = (reads.hit?.memory ?? 0) + (reads.hit?.redis ?? 0)
    expect(hits).toBe(2)
    expect(reads.miss).toEqual({ loader: 2, none: 1 })
  })

  test('with a ttl of 0 it bypasses the cache like get', async () => {
    const { cache } = open()
    const load = vi.fn((ids: number[]) => ids.map(rowOf))
    await cache.getMany([1], { key, load, ttl: 0 })
    await cache.getMany([1], { key, load, ttl: 0 })
    expect(load).toHaveBeenCalledTimes(2)
    expect(cache.stats().reads).toEqual({ bypass: { loader: 2 } })
  })
})

describe('getMany', () => {
  test('looks each key up once in the second tier, all before the load', async () => {
    const { cache, remote } = openBoth()
    const ids = Array.from({ length: 20 }, (_, id) => id)
    await cache.getMany(ids, {
      key,
      load: (some) => {
        expect(remote.calls.read).toBe(20)
        return some.map(rowOf)
      },
    })
    expect(remote.calls.read).toBe(20)
  })

  test('gives each reader of a Buffer a copy of its own', async () => {
    const { cache } = openMemory()
    const load = (): Buffer[] => [Buffer.from('one')]
    const first = await cache.getMany([1], { key, load })
    first.get(1)?.write('XXX')
    const second = await cache.getMany([1], { key, load })
    expect(second.get(1)?.toString()).toBe('one')
  })

  test('a waiter too many is refused', async () => {
    const { cache } = openMemory({ limits: { waitersPerKey: 1 } })
    const load = slowLoader<Row>()
    const first = cache.get('user:1', load)
    await settle()
    const call = cache.getMany([1, 2], { key, load: (ids) => ids.map(rowOf) })
    await expect(call).rejects.toBeInstanceOf(OverloadedError)
    load.runs[0]!.resolve(rowOf(1))
    await first
  })

  test('an id that was invalidated during the load is returned and not stored', async () => {
    const { cache } = openMemory()
    const load = slowLoader<Row[]>()
    const users = cache.getMany([1, 2], { key, load })
    await settle()
    await settle()
    await cache.delete('user:1')
    load.runs[0]!.resolve([rowOf(1), rowOf(2)])
    expect([...(await users).keys()]).toEqual([1, 2])
    expect(await cache.has('user:1')).toBe(false)
    expect(await cache.has('user:2')).toBe(true)
  })
})

describe('setMany and deleteMany', () => {
  test.each([
    ['memory only', openMemory],
    ['both tiers', openBoth],
  ])('store and take away several (%s)', async (_, open) => {
    const { cache, clock } = open()
    const entries = [
      { key: 'a', value: 1 },
      { key: 'b', value: 2, ttl: '10s', tags: ['t'] },
      { key: 'c', value: 3 },
    ] as const
    expect(await cache.setMany(entries)).toBe('applied')
    expect(await cache.get('a')).toBe(1)
    expect((await cache.read('b')).tags).toEqual(['t'])
    clock.advance(10_000)
    expect(await cache.has('b')).toBe(false)
    expect(await cache.deleteMany(new Set(['a', 'b']))).toBe('applied')
    expect(await cache.has('a')).toBe(false)
    expect(await cache.get('c')).toBe(3)
  })

  test('setMany stores the others when one cannot be', async () => {
    const { cache } = openMemory()
    const entries = [
      { key: 'a', value: 1 },
      { key: 'b', value: () => 2 },
      { key: 'c', value: 3 },
    ]
    await expect(cache.setMany(entries)).rejects.toMatchObject({ code: 'STRATA_CODEC' })
    expect(await cache.get('a')).toBe(1)
    expect(await cache.get('c')).toBe(3)
  })
})
