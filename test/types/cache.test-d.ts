import { expectTypeOf, test } from 'vitest'
import {
  type Cache,
  type CacheEvents,
  type CacheOptions,
  type CacheStats,
  createCache,
  DEFAULTS,
  type Duration,
  type GetOptions,
  type InvalidOptionError,
  type LoadContext,
  type Loader,
  type Outcome,
  type PolicyOptions,
  type Readiness,
  type Reading,
  type SetOptions,
  type Source,
  type StrataError,
  type StrataErrorCode,
  type WarmProgress,
  type WriteResult,
} from '../../src/index.js'

declare const cache: Cache

interface Post {
  readonly id: number
  readonly title: string
}

declare function post(id: number, signal?: AbortSignal): Promise<Post>

test('get without a loader may find nothing', () => {
  expectTypeOf(cache.get('k')).toEqualTypeOf<Promise<unknown>>()
  expectTypeOf(cache.get<Post>('k')).toEqualTypeOf<Promise<Post | undefined>>()
})

test('get with a loader gives what the loader gives', () => {
  expectTypeOf(cache.get('k', () => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(cache.get('k', () => post(1))).toEqualTypeOf<Promise<Post>>()
  expectTypeOf(cache.get('k', (ctx) => post(1, ctx.signal))).toEqualTypeOf<Promise<Post>>()
  expectTypeOf(cache.get('k', async () => (await post(1)).title)).toEqualTypeOf<Promise<string>>()
  expectTypeOf(cache.get('k', () => null)).toEqualTypeOf<Promise<null>>()
  expectTypeOf(cache.get('k', (): Post | undefined => undefined)).toEqualTypeOf<
    Promise<Post | undefined>
  >()
  expectTypeOf(cache.get<Post>('k', () => post(1))).toEqualTypeOf<Promise<Post>>()
})

test('the context does not decide what a loader gives', () => {
  expectTypeOf(
    cache.get('k', (ctx) => {
      expectTypeOf(ctx).toEqualTypeOf<LoadContext>()
      const stale = ctx.stale<Post>()
      expectTypeOf(stale).toEqualTypeOf<
        { readonly value: Post; readonly storedAt: number } | undefined
      >()
      if (stale !== undefined) return ctx.notModified()
      ctx.ttl('5m')
      ctx.grace(1_000)
      ctx.tag('a', 'b')
      ctx.skip()
      return post(1)
    }),
  ).toEqualTypeOf<Promise<Post>>()
  expectTypeOf(
    cache.get('k', (ctx) => (Date.now() > 0 ? post(1) : ctx.fail(new Error('no')))),
  ).toEqualTypeOf<Promise<Post>>()
  expectTypeOf<LoadContext['notModified']>().returns.toEqualTypeOf<never>()
  expectTypeOf<LoadContext['fail']>().returns.toEqualTypeOf<never>()
})

test('a loader that gives only a promise of a type fits it', () => {
  const load: Loader<Post> = () => post(1)
  expectTypeOf(cache.get('k', load)).toEqualTypeOf<Promise<Post>>()
  // @ts-expect-error a loader gives what was asked for
  void cache.get<Post>('k', () => 1)
  // @ts-expect-error no value in the place of the loader
  void cache.get('k', 1)
})

test('options of a call', () => {
  void cache.get('k', () => 1, '5m')
  void cache.get('k', () => 1, 300_000)
  void cache.get('k', () => 1, {
    ttl: '1m',
    grace: 6,
    negativeTtl: '5s',
    jitter: 0,
    tags: ['posts'],
    softTimeout: false,
    hardTimeout: '2s',
    retryAfter: '1s',
    earlyRefresh: 1,
    tiers: 'memory',
    signal: new AbortController().signal,
    force: true,
  })
  const tags = ['a'] as const
  void cache.get('k', () => 1, { tags })
  // @ts-expect-error no unit
  void cache.get('k', () => 1, '5')
  // @ts-expect-error no unit that is known
  void cache.get('k', () => 1, { ttl: '5w' })
  // @ts-expect-error no such option
  void cache.get('k', () => 1, { tll: '5m' })
  // @ts-expect-error of two tiers only
  void cache.get('k', () => 1, { tiers: 'redis' })
  // @ts-expect-error tags are an array
  void cache.get('k', () => 1, { tags: 'posts' })
  // @ts-expect-error without a loader there are no options
  void cache.get('k', undefined, { ttl: '5m' })
  expectTypeOf<number>().toExtend<Duration>()
  expectTypeOf<'1.5h'>().toExtend<Duration>()
  expectTypeOf<'5w'>().not.toExtend<Duration>()
})

test('read gives a reading', () => {
  expectTypeOf(cache.read<Post>('k')).toEqualTypeOf<Promise<Reading<Post | undefined>>>()
  expectTypeOf(cache.read('k', () => post(1))).toEqualTypeOf<Promise<Reading<Post>>>()
  expectTypeOf(cache.read('k', () => 1, '1m')).toEqualTypeOf<Promise<Reading<number>>>()
  expectTypeOf<Outcome>().toEqualTypeOf<'hit' | 'stale' | 'miss' | 'bypass' | 'error'>()
  expectTypeOf<Reading<Post>['outcome']>().toEqualTypeOf<'hit' | 'stale' | 'miss' | 'bypass'>()
  expectTypeOf<Reading<Post>['tier']>().toEqualTypeOf<Source | undefined>()
  expectTypeOf<Reading<Post>['freshUntil']>().toEqualTypeOf<number | undefined>()
  expectTypeOf<Reading<Post>>().toExtend<{
    readonly collapsed: boolean
    readonly incoherent: boolean
    readonly revoked: boolean
    readonly tags: readonly string[]
    readonly id: string | undefined
  }>()
})

test('peek and has', () => {
  expectTypeOf(cache.peek('k')).toEqualTypeOf<unknown>()
  expectTypeOf(cache.peek<Post>('k')).toEqualTypeOf<Post | undefined>()
  expectTypeOf(cache.has('k')).toEqualTypeOf<Promise<boolean>>()
})

test('writes tell what became of them', () => {
  expectTypeOf<WriteResult>().toEqualTypeOf<'applied' | 'queued'>()
  expectTypeOf(cache.set('k', 1)).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.set('k', 1, '5m')).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.set('k', 1, { ttl: '5m', tags: ['a'] })).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.setMany([{ key: 'k', value: 1, ttl: 1 }])).toEqualTypeOf<
    Promise<WriteResult>
  >()
  expectTypeOf(cache.delete('k')).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.deleteMany(new Set(['k']))).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.expire('k')).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.invalidateTags('t')).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(cache.invalidateTags(['t'] as const, { soft: true })).toEqualTypeOf<
    Promise<WriteResult>
  >()
  expectTypeOf(cache.clear()).toEqualTypeOf<Promise<WriteResult>>()
  // @ts-expect-error a set waits for nobody
  void cache.set('k', 1, { softTimeout: 5 })
  // @ts-expect-error nor can it be forced
  void cache.set('k', 1, { force: true })
  // @ts-expect-error each entry has its key
  void cache.setMany([{ value: 1 }])
  expectTypeOf<keyof SetOptions>().toEqualTypeOf<
    'ttl' | 'grace' | 'negativeTtl' | 'jitter' | 'tags' | 'tiers'
  >()
})

test('getMany: an id is of any type, a value what the loader gives', () => {
  expectTypeOf(cache.getMany([1, 2], { key: (id) => `user:${id}` })).resolves.toExtend<
    Map<number, unknown>
  >()
  expectTypeOf(
    cache.getMany([1, 2], {
      key: (id) => `user:${id}`,
      load: (ids) => Promise.all(ids.map((id) => post(id))),
    }),
  ).toEqualTypeOf<Promise<Map<number, Post>>>()
  expectTypeOf(
    cache.getMany([1, 2], {
      key: (id) => `user:${id}`,
      load: async (ids) =>
        new Map(await Promise.all(ids.map(async (id) => [id, await post(id)] as const))),
    }),
  ).toEqualTypeOf<Promise<Map<number, Post>>>()
  interface Id {
    readonly shop: string
    readonly nr: bigint
  }
  const ids: Id[] = []
  expectTypeOf(
    cache.getMany(ids, {
      key: ({ shop, nr }) => `${shop}:${nr}`,
      load: (some, ctx) => {
        expectTypeOf(some).toEqualTypeOf<Id[]>()
        expectTypeOf(ctx.for(some[0]!)).toEqualTypeOf<LoadContext>()
        expectTypeOf(ctx.signal).toEqualTypeOf<AbortSignal>()
        return some.map((): Post | null => null)
      },
    }),
  ).toEqualTypeOf<Promise<Map<Id, Post>>>()
  expectTypeOf(
    cache.getMany(new Set(['a']), {
      key: (id) => id,
      load: (): Post[] => [],
      by: (row) => {
        expectTypeOf(row).toEqualTypeOf<Post>()
        return row.title
      },
      ttl: '5m',
      negative: true,
    }),
  ).toEqualTypeOf<Promise<Map<string, Post>>>()
  // @ts-expect-error a key is needed
  void cache.getMany([1], { load: (): Post[] => [] })
})

test('memo keeps the signature', () => {
  const area = cache.memo((width: number, height: number) => width * height, {
    key: (width, height) => {
      expectTypeOf(width).toEqualTypeOf<number>()
      return `${width}x${height}`
    },
    ttl: '5m',
  })
  expectTypeOf(area).toEqualTypeOf<(width: number, height: number) => number>()
  // @ts-expect-error a key is a string
  cache.memo((n: number) => n, { key: (n) => n })
  // @ts-expect-error a key is needed
  cache.memo((n: number) => n, { ttl: '5m' })
})

test('namespace, warm, stats, ready, on, close', () => {
  expectTypeOf(cache.namespace('eu')).toEqualTypeOf<Cache>()
  expectTypeOf(cache.namespace('eu', { ttl: '5m', tags: ['a'] })).toEqualTypeOf<Cache>()
  // @ts-expect-error tiers are shared: a namespace has no memory of its own
  cache.namespace('eu', { memory: false })
  expectTypeOf(
    cache.warm(['a'], {
      load: (ctx) => ctx.key,
      concurrency: 2,
      onProgress: (progress) => expectTypeOf(progress).toEqualTypeOf<WarmProgress>(),
    }),
  ).toEqualTypeOf<Promise<WarmProgress>>()
  async function* keys(): AsyncGenerator<string> {
    yield* []
  }
  void cache.warm(keys(), { load: () => 1 })
  // @ts-expect-error what would it load with?
  void cache.warm(['a'], {})
  expectTypeOf(cache.stats()).toEqualTypeOf<CacheStats>()
  expectTypeOf(cache.stats().reads.hit?.memory).toEqualTypeOf<number | undefined>()
  expectTypeOf(cache.ready()).toEqualTypeOf<Promise<Readiness>>()
  expectTypeOf<Readiness['redis']>().toEqualTypeOf<'ready' | 'unavailable' | 'none'>()
  expectTypeOf(
    cache.on('degraded', ({ reason }) => expectTypeOf(reason).toEqualTypeOf<string>()),
  ).toEqualTypeOf<() => void>()
  cache.on('recovered', ({ after }) => expectTypeOf(after).toEqualTypeOf<number>())
  cache.on('error', (error) => expectTypeOf(error).toEqualTypeOf<Error>())
  // @ts-expect-error no such event
  cache.on('hit', () => {})
  expectTypeOf<keyof CacheEvents>().toEqualTypeOf<'degraded' | 'recovered' | 'error'>()
  expectTypeOf(cache.close()).toEqualTypeOf<Promise<void>>()
  expectTypeOf<Cache>().toExtend<AsyncDisposable>()
})

test('createCache', () => {
  expectTypeOf(createCache).returns.toEqualTypeOf<Cache>()
  expectTypeOf(createCache).parameter(0).toEqualTypeOf<CacheOptions | undefined>()
  const options: CacheOptions = {
    namespace: 'shop',
    ttl: '5m',
    memory: { maxEntries: 10, maxBytes: '64mb', copy: 'clone', ttl: '5s' },
    codec: { instances: 'json', compression: { minBytes: '4kb', quality: 4 } },
    outage: { ttl: '2s', maxLoads: 1, maxWaiting: 1, maxQueued: 1 },
    limits: { keyBytes: 1, tagsPerEntry: 1, tagBytes: 1, waitersPerKey: 1 },
    redis: 'redis://127.0.0.1:6379',
    logger: false,
  }
  expectTypeOf(options).toExtend<PolicyOptions>()
  // @ts-expect-error bytes have a unit of bytes
  createCache({ memory: { maxBytes: '64m' } })
  // @ts-expect-error no such option
  createCache({ memroy: false })
  // @ts-expect-error force is of a call
  createCache({ force: true })
  // @ts-expect-error three policies
  createCache({ memory: { copy: 'deep' } })
  expectTypeOf(DEFAULTS.ttl).toEqualTypeOf<'5m'>()
  expectTypeOf<GetOptions>().toExtend<PolicyOptions>()
})

test('errors', () => {
  expectTypeOf<StrataError['code']>().toEqualTypeOf<StrataErrorCode>()
  expectTypeOf<InvalidOptionError['code']>().toEqualTypeOf<'STRATA_INVALID_OPTION'>()
  expectTypeOf<InvalidOptionError>().toExtend<StrataError>()
})
