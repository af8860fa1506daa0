import { expectTypeOf, test } from 'vitest'
import type {
  Cache,
  Defined,
  DefinedOptions,
  DefinitionKey,
  LoadContext,
  Reading,
  WriteResult,
} from '../../src/index.js'

declare const cache: Cache

interface User {
  readonly id: number
  readonly name: string
}

declare function userById(id: number): Promise<User | null>
declare function usersByIds(ids: number[]): Promise<User[]>

test('with load: id and value are inferred', () => {
  const user = cache.define('user', {
    key: (id: number) => id,
    load: (id, ctx) => {
      expectTypeOf(id).toEqualTypeOf<number>()
      expectTypeOf(ctx).toEqualTypeOf<LoadContext>()
      return userById(id)
    },
    tags: (id) => {
      expectTypeOf(id).toEqualTypeOf<number>()
      return [`user:${id}`]
    },
    ttl: '5m',
  })
  expectTypeOf(user).toEqualTypeOf<Defined<number, User | null>>()
  expectTypeOf(user(1)).toEqualTypeOf<Promise<User | null>>()
})

test('with loadMany: rows by their id', () => {
  const user = cache.define('user', {
    key: (id: number) => id,
    loadMany: (ids) => usersByIds(ids),
    by: (row) => row.id,
    batch: true,
    negative: true,
    maxBatch: 100,
    version: 2,
  })
  expectTypeOf(user.many([1, 2])).toEqualTypeOf<Promise<Map<number, User | null>>>()
  expectTypeOf(user(1)).toEqualTypeOf<Promise<User | null>>()
})

test('with loadMany: a Map by id', () => {
  const user = cache.define('user', {
    key: (id: string) => id,
    loadMany: (ids): Map<string, User> => new Map(ids.map((id) => [id, { id: 1, name: id }])),
  })
  expectTypeOf(user.many(['a'])).toEqualTypeOf<Promise<Map<string, User>>>()
  expectTypeOf(user('a')).toEqualTypeOf<Promise<User | undefined>>()
})

test('every use of a definition', () => {
  const user = cache.define<number, User>('user', {
    key: (id) => ['eu', id],
    load: () => ({ id: 1, name: 'ada' }),
  })
  expectTypeOf(user(1, { force: true })).toEqualTypeOf<Promise<User>>()
  expectTypeOf(user(1, { signal: new AbortController().signal })).toEqualTypeOf<Promise<User>>()
  expectTypeOf(user.many(new Set([1]), { force: true })).toEqualTypeOf<Promise<Map<number, User>>>()
  expectTypeOf(user.read(1)).toEqualTypeOf<Promise<Reading<User>>>()
  expectTypeOf(user.peek(1)).toEqualTypeOf<User | undefined>()
  expectTypeOf(user.set(1, { id: 1, name: 'ada' }, { ttl: '5m' })).toEqualTypeOf<
    Promise<WriteResult>
  >()
  expectTypeOf(user.delete(1)).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(user.expire(1)).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(user.revalidate(1)).toEqualTypeOf<Promise<User>>()
  expectTypeOf(user.key(1)).toEqualTypeOf<string>()
  // @ts-expect-error an id of another type
  void user('1')
  // @ts-expect-error a value of another type
  void user.set(1, { id: 1 })
  // @ts-expect-error lifetimes are said where it is defined
  void user(1, { ttl: '5m' })
  expectTypeOf<keyof DefinedOptions>().toEqualTypeOf<'signal' | 'force'>()
})

test('keys are strings, numbers, bigints or tuples of these', () => {
  expectTypeOf<DefinitionKey>().toEqualTypeOf<
    string | number | bigint | readonly (string | number | bigint)[]
  >()
  // @ts-expect-error an object has no text of its own
  cache.define('user', { key: (id: number) => ({ id }), load: userById })
  // @ts-expect-error a Date neither
  cache.define('user', { key: (at: Date) => at, load: () => 1 })
})

test('a definition needs a key, and options that are known', () => {
  // @ts-expect-error no key
  cache.define('user', { load: userById })
  // @ts-expect-error no such option
  cache.define('user', { key: (id: number) => id, load: userById, max: 5 })
  // @ts-expect-error by gives an id
  cache.define('user', { key: (id: number) => id, loadMany: usersByIds, by: (row) => row.name })
})

test('a schema of any maker fits', () => {
  // As the specification has it, and so every library that follows it.
  type Result =
    | { readonly value: User; readonly issues?: undefined }
    | {
        readonly issues: readonly { readonly message: string; readonly path?: readonly string[] }[]
      }
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'some',
      validate: (value: unknown): Result | Promise<Result> => ({ value: value as User }),
    },
  } as const
  cache.define('user', { key: (id: number) => id, load: userById, schema })
})
