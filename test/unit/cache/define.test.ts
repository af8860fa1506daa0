import { describe, expect, test, vi } from 'vitest'
import type { Definition } from '../../../src/cache/define.js'
import { OWNER } from '../../../src/cache/definition-name.js'
import { InvalidKeyError, InvalidOptionError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, openMemory, quiet, slowLoader, thrownBy } from './harness.js'

interface User {
  readonly id: number
  readonly name: string
}

const userOf = (id: number): User => ({ id, name: `user ${id}` })
const key = (id: number): number => id

describe.each([
  ['memory only', openMemory],
  ['both tiers', openBoth],
])('a definition (%s)', (_, open) => {
  test('loads, keeps and gives by id', async () => {
    const { cache } = open()
    const load = vi.fn((id: number) => userOf(id))
    const user = cache.define('user', { key, load })
    expect(await user(7)).toEqual(userOf(7))
    expect(await user(7)).toBe(await user(7))
    expect(load).toHaveBeenCalledTimes(1)
    expect(load.mock.calls[0]?.[0]).toBe(7)
    expect(user.peek(7)).toEqual(userOf(7))
    expect(user.peek(8)).toBeUndefined()
    expect(await user.read(7)).toMatchObject({ value: userOf(7), outcome: 'hit' })
  })

  test('many loads one by one where there is no loadMany', async () => {
    const { cache } = open()
    const load = vi.fn((id: number) => userOf(id))
    const user = cache.define('user', { key, load })
    await user(1)
    expect([...(await user.many([2, 1])).values()]).toEqual([userOf(2), userOf(1)])
    expect(load.mock.calls.map(([id]) => id)).toEqual([1, 2])
  })

  test('many uses loadMany, a single call load', async () => {
    const { cache } = open()
    const load = vi.fn((id: number) => userOf(id))
    const loadMany = vi.fn((ids: number[]) => ids.map(userOf))
    const user = cache.define('user', { key, load, loadMany })
    await user(1)
    await user.many([1, 2, 3])
    expect(load).toHaveBeenCalledTimes(1)
    expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[2, 3]])
  })

  test('loadMany alone serves single calls too', async () => {
    const { cache } = open()
    const loadMany = vi.fn((ids: number[]) => ids.map(userOf))
    const user = cache.define('user', { key, loadMany })
    expect(await user(1)).toEqual(userOf(1))
    expect(loadMany).toHaveBeenCalledTimes(1)
  })

  test.each<[string, { batch?: boolean }, number[][]]>([
    ['joined unless told otherwise', {}, [[1, 2, 3]]],
    ['joined with batch', { batch: true }, [[1, 2, 3]]],
    ['loaded one by one without', { batch: false }, [[1], [2], [3]]],
  ])('single calls of loadMany alone are %s', async (_, batch, calls) => {
    const { cache } = open()
    const loadMany = vi.fn((ids: number[]) => ids.map(userOf))
    const user = cache.define('user', { key, loadMany, ...batch })
    expect(await Promise.all([user(1), user(2), user(3)])).toEqual([1, 2, 3].map(userOf))
    expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual(calls)
  })

  test('with batch, 100 calls at once are one loadMany', async () => {
    const { cache } = open()
    const loadMany = vi.fn((ids: number[]) => Promise.resolve(ids.toReversed().map(userOf)))
    const user = cache.define('user', { key, loadMany, by: (row) => row.id, batch: true })
    const ids = Array.from({ length: 100 }, (_, id) => id)
    expect(await Promise.all(ids.map((id) => user(id)))).toEqual(ids.map(userOf))
    expect(loadMany).toHaveBeenCalledTimes(1)
    expect(cache.stats().loads).toBe(100)
    await Promise.all(ids.map((id) => user(id)))
    expect(loadMany).toHaveBeenCalledTimes(1)
  })

  test('with batch, calls of several turns are several loads', async () => {
    const { cache } = open()
    const loadMany = vi.fn((ids: number[]) => ids.map(userOf))
    const user = cache.define('user', { key, loadMany, batch: true })
    await user(1)
    await user(2)
    expect(loadMany).toHaveBeenCalledTimes(2)
  })

  test('with batch, one failure is that of all, and none is stored', async () => {
    const { cache } = open()
    const failure = new Error('no database')
    const user = cache.define('user', {
      key,
      loadMany: (): Promise<User[]> => Promise.reject(failure),
      batch: true,
    })
    const results = await Promise.allSettled([user(1), user(2)])
    expect(results.map((one) => one.status === 'rejected' && one.reason)).toEqual([
      failure,
      failure,
    ])
  })

  test('with batch, an id without a value is undefined, or null with negative', async () => {
    const { cache } = open()
    const loadMany = vi.fn(() => new Map<number, User>())
    const missing = cache.define('missing', { key, loadMany, batch: true })
    expect(await missing(1)).toBeUndefined()
    expect(await missing(1)).toBeUndefined()
    expect(loadMany).toHaveBeenCalledTimes(2)
    const negative = cache.define('negative', { key, loadMany, batch: true, negative: true })
    expect(await negative(1)).toBeNull()
    expect(await negative(1)).toBeNull()
    expect(loadMany).toHaveBeenCalledTimes(3)
  })

  test('maxBatch bounds a loadMany', async () => {
    const { cache } = open()
    const loadMany = vi.fn((ids: number[]) => ids.map(userOf))
    const user = cache.define('user', { key, loadMany, batch: true, maxBatch: 4 })
    await Promise.all(Array.from({ length: 10 }, (_, id) => user(id)))
    expect(loadMany.mock.calls.map(([ids]) => ids.length)).toEqual([4, 4, 2])
    await user.many(Array.from({ length: 10 }, (_, id) => 100 + id))
    expect(loadMany.mock.calls.slice(3).map(([ids]) => ids.length)).toEqual([4, 4, 2])
  })

  test('tells ids of different types apart', async () => {
    const { cache } = open()
    const ids = [7, '7', 7n, [7], ['7'], [7, 7]] as const
    const thing = cache.define('thing', {
      key: (id: (typeof ids)[number]) => id,
      load: (id) => ({ type: typeof id, text: String(id) }),
    })
    for (const id of ids) await thing(id)
    expect(new Set(ids.map((id) => thing.key(id))).size).toBe(ids.length)
    for (const id of ids) expect(thing.peek(id)).toEqual({ type: typeof id, text: String(id) })
  })

  test('another name or version reads nothing of this one', async () => {
    const { cache } = open()
    const load = (id: number): string => `one ${id}`
    const one = cache.define('user', { key, load })
    const two = cache.define('user', { key, load: () => 'two', version: 2 })
    const three = cache.define('user', { key, load: () => 'three', version: '2b' })
    const other = cache.define('other', { key, load: () => 'other' })
    await one(1)
    expect(await two(1)).toBe('two')
    expect(await three(1)).toBe('three')
    expect(await other(1)).toBe('other')
    expect(await one(1)).toBe('one 1')
    expect([one, two, three].map((each) => each.key(1))).toEqual([
      'user:1',
      'user@2:1',
      'user@2b:1',
    ])
  })

  test('has tags, fixed or by id, on top of those of the cache', async () => {
    const { cache } = open({ tags: ['all'] })
    const user = cache.define('user', { key, load: userOf, tags: (id) => [`user:${id}`] })
    const fixed = cache.define('fixed', { key, load: userOf, tags: ['fixed'] })
    const many = cache.define('many', {
      key,
      loadMany: (ids: number[]) => ids.map(userOf),
      tags: (id) => [`user:${id}`],
    })
    expect((await user.read(1)).tags).toEqual(['all', 'user:1'])
    expect((await fixed.read(1)).tags).toEqual(['all', 'fixed'])
    await many.many([1, 2])
    await user(2)
    await cache.invalidateTags('user:1')
    expect(user.peek(1)).toBeUndefined()
    expect(user.peek(2)).toEqual(userOf(2))
    expect(many.peek(1)).toBeUndefined()
    expect(many.peek(2)).toEqual(userOf(2))
    await cache.invalidateTags('all')
    expect(user.peek(2)).toBeUndefined()
  })

  test('has defaults of its own', async () => {
    const { cache, clock } = open({ ttl: '1h' })
    const user = cache.define('user', { key, load: userOf, ttl: '1m', grace: '1h' })
    await user(1)
    clock.advance(60_000)
    expect(user.peek(1)).toBeUndefined()
    expect(await user.read(1)).toMatchObject({ outcome: 'stale' })
  })

  test('set, delete, expire and revalidate concern one id', async () => {
    const { cache } = open({ grace: '1h' })
    let version = 0
    const user = cache.define<number, string>('user', {
      key,
      load: (id) => `${id} v${++version}`,
      tags: (id) => [`user:${id}`],
    })
    expect(await user.set(1, 'set')).toBe('applied')
    expect(await user(1)).toBe('set')
    expect((await user.read(1)).tags).toEqual(['user:1'])
    expect(await user.delete(1)).toBe('applied')
    expect(await user(1)).toBe('1 v1')
    expect(await user.expire(1)).toBe('applied')
    expect(await user.read(1)).toMatchObject({ value: '1 v1', outcome: 'stale' })
    await settle()
    expect(await user(1)).toBe('1 v2')
    expect(await user.revalidate(1)).toBe('1 v3')
    expect(await user(1)).toBe('1 v3')
    expect(await user(1, { force: true })).toBe('1 v4')
  })

  test('revalidate does not join a load under way', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const user = cache.define<number, string>('user', { key, load })
    const first = user(1)
    await settle()
    const second = user.revalidate(1)
    await settle()
    load.runs[1]!.resolve('new')
    expect(await second).toBe('new')
    load.runs[0]!.resolve('old')
    await first
    expect(await user(1)).toBe('new')
  })

  test('a caller may give up', async () => {
    const { cache } = open()
    const controller = new AbortController()
    const user = cache.define('user', { key, load: slowLoader<User>() })
    const calls = [
      quiet(user(1, { signal: controller.signal })),
      quiet(user.many([2], { signal: controller.signal })),
    ]
    await settle()
    controller.abort(new Error('gone'))
    for (const call of calls) await expect(call).rejects.toThrow('gone')
  })

  test('is told its context', async () => {
    const { cache } = open()
    const user = cache.define('user', {
      key,
      load: (id: number, ctx) => {
        ctx.tag('named')
        return ctx.key
      },
    })
    expect(await user(7)).toBe('user:7')
    expect((await user.read(7)).tags).toEqual(['named'])
  })

  test('refuses a bad id, and one too long', async () => {
    const { cache } = open()
    const user = cache.define<string | null, string>('user', {
      key: (id) => id as string,
      load: () => 'value',
    })
    for (const id of [null, '\ud800', 'x'.repeat(2_000)]) {
      for (const call of [
        () => user(id),
        () => user.read(id),
        () => user.many([id]),
        () => user.set(id, 'value'),
        () => user.delete(id),
        () => user.expire(id),
        () => user.revalidate(id),
      ]) {
        await expect(call()).rejects.toBeInstanceOf(InvalidKeyError)
      }
    }
  })

  test('refuses bad options of a call', async () => {
    const { cache } = open()
    const user = cache.define('user', { key, load: userOf })
    const bad = { ttl: '1m' } as object
    await expect(user(1, bad)).rejects.toBeInstanceOf(InvalidOptionError)
    await expect(user.many([1], bad)).rejects.toBeInstanceOf(InvalidOptionError)
    await expect(user.set(1, userOf(1), { force: true } as object)).rejects.toBeInstanceOf(
      InvalidOptionError,
    )
  })
})

describe('define', () => {
  test.each<[string, unknown, unknown, string]>([
    ['no name', undefined, { key, load: userOf }, 'name'],
    ['an empty name', '', { key, load: userOf }, 'name'],
    ['a name with a colon', 'a:b', { key, load: userOf }, 'name'],
    ['a name too long', 'x'.repeat(65), { key, load: userOf }, 'name'],
    ['no key', 'user', { load: userOf }, 'key'],
    ['a key that is no function', 'user', { key: 'id', load: userOf }, 'key'],
    ['no loader', 'user', { key }, 'load'],
    ['a load that is no function', 'user', { key, load: 1 }, 'load'],
    ['a loadMany that is no function', 'user', { key, loadMany: 1 }, 'loadMany'],
    ['a by that is no function', 'user', { key, loadMany: userOf, by: 'id' }, 'by'],
    ['batch without loadMany', 'user', { key, load: userOf, batch: true }, 'batch'],
    ['a batch that is no flag', 'user', { key, loadMany: userOf, batch: 1 }, 'batch'],
    ['a negative that is no flag', 'user', { key, load: userOf, negative: 'yes' }, 'negative'],
    ['a maxBatch of 0', 'user', { key, loadMany: userOf, maxBatch: 0 }, 'maxBatch'],
    ['a bad version', 'user', { key, load: userOf, version: 'a b' }, 'version'],
    ['a bad schema', 'user', { key, load: userOf, schema: {} }, 'schema'],
    ['a bad ttl', 'user', { key, load: userOf, ttl: '5' }, 'ttl'],
    ['tags that are no array', 'user', { key, load: userOf, tags: 'a' }, 'tags'],
    ['an unknown option', 'user', { key, load: userOf, name: 'x' }, 'name'],
    ['force', 'user', { key, load: userOf, force: true }, 'force'],
  ])('refuses %s', (_, name, definition, option) => {
    const { cache } = openMemory()
    const error = thrownBy(() =>
      cache.define(name as string, definition as Definition<number, User>),
    )
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option })
  })

  test('lets the owner of a name define it again, also with other defaults', async () => {
    const { cache } = openMemory()
    const owned = { key, load: userOf, [OWNER]: {} }
    const user = cache.namespace('a').define('user', owned)
    const same = cache.namespace('a', { ttl: '1h' }).define('user', owned)
    expect(await same(7)).toBe(await user(7))
    for (const other of [{}, { [OWNER]: {} }]) {
      const define = () => cache.namespace('a').define('user', { key, load: userOf, ...other })
      expect(thrownBy(define)).toBeInstanceOf(InvalidOptionError)
    }
  })

  test('refuses a name that is taken in its namespace', () => {
    const { cache } = openMemory()
    cache.define('user', { key, load: userOf })
    expect(() => cache.define('user', { key, load: userOf })).toThrow(InvalidOptionError)
    cache.define('user', { key, load: userOf, version: 1 })
    expect(() => cache.define('user', { key, load: userOf, version: '1' })).toThrow(
      InvalidOptionError,
    )
    cache.namespace('child').define('user', { key, load: userOf })
  })

  test('a definition that was refused leaves its name free', () => {
    const { cache } = openMemory()
    expect(() => cache.define('user', { key, load: userOf, schema: {} as never })).toThrow()
    cache.define('user', { key, load: userOf })
  })

  test('does not look at the names of functions', async () => {
    const { cache } = openMemory()
    const loads = [1, 2].map((n) => {
      const load = (): number => n
      return load
    })
    const [a, b] = ['a', 'b'].map((name, i) => cache.define(name, { key, load: loads[i]! }))
    expect([await a!(1), await b!(1)]).toEqual([1, 2])
  })
})

describe('a schema', () => {
  const schemaOf = (isGood: (value: unknown) => boolean) =>
    ({
      '~standard': {
        version: 1,
        validate: (value: unknown) => (isGood(value) ? { value } : { issues: ['bad'] }),
      },
    }) as const

  test('is checked on what comes from the second tier: failing is a counted miss', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('user:1', 'of an older shape')
    const user = both.cache.define('user', {
      key,
      load: userOf,
      schema: schemaOf((value) => typeof value === 'object'),
    })
    expect(await user(1)).toEqual(userOf(1))
    expect(both.cache.stats().recordFaults).toBe(1)
    expect(await openBeside(both).cache.get('user:1')).toEqual(userOf(1))
  })

  test('passing, the value is taken', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('user:1', userOf(1))
    const load = vi.fn(userOf)
    const user = both.cache.define('user', { key, load, schema: schemaOf(() => true) })
    expect(await user(1)).toEqual(userOf(1))
    expect(await user.many([1])).toEqual(new Map([[1, userOf(1)]]))
    expect(load).not.toHaveBeenCalled()
  })

  test('is not checked on what the loader gave or memory holds', async () => {
    const both = openBoth()
    const validate = vi.fn(() => ({}))
    const schema = { '~standard': { version: 1, validate } } as const
    const user = both.cache.define('user', { key, load: userOf, schema })
    await user(1)
    await user(1)
    expect(validate).not.toHaveBeenCalled()
  })

  test('that throws is a counted miss: the loader runs', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('user:1', userOf(0))
    const user = both.cache.define('user', {
      key,
      load: userOf,
      schema: schemaOf(() => {
        throw new TypeError('a bug in the schema')
      }),
    })
    expect(await user(1)).toEqual(userOf(1))
    expect(both.cache.stats().recordFaults).toBe(1)
  })
})
