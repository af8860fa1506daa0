import { expectTypeOf, test } from 'vitest'
import type {
  Cache,
  FlightView,
  Inspection,
  LeaseView,
  MemoryView,
  Monitor,
  MonitorOptions,
  MonitorStats,
  RedisView,
  Version,
  VersionView,
} from '../../src/index.js'

declare const cache: Cache

interface Post {
  readonly version: number
  readonly changedAt: Date
}

test('inspect gives a picture', () => {
  expectTypeOf(cache.inspect('k')).toEqualTypeOf<Promise<Inspection>>()
  expectTypeOf<Inspection['outcome']>().toEqualTypeOf<'hit' | 'stale' | 'miss' | 'error'>()
  expectTypeOf<Inspection['memory']>().toEqualTypeOf<MemoryView | undefined>()
  expectTypeOf<Inspection['flight']>().toEqualTypeOf<FlightView | undefined>()
  expectTypeOf<Inspection['why']>().toEqualTypeOf<readonly string[]>()
  expectTypeOf<RedisView['kind']>().toEqualTypeOf<
    'absent' | 'value' | 'lease' | 'failure' | 'unreadable' | 'unavailable'
  >()
  // @ts-expect-error a key is a string
  void cache.inspect(1)
})

test('what stands in Redis is told by its kind', () => {
  const view = {} as RedisView
  // @ts-expect-error only a value has versions
  void view.versions
  switch (view.kind) {
    case 'value':
      expectTypeOf(view.versions).toEqualTypeOf<readonly VersionView[]>()
      expectTypeOf(view.lease).toEqualTypeOf<LeaseView | undefined>()
      expectTypeOf(view.left).toEqualTypeOf<number | undefined>()
      break
    case 'failure':
      expectTypeOf(view.failure.code).toEqualTypeOf<string | undefined>()
      break
    case 'unavailable':
      expectTypeOf(view.reason).toExtend<string>()
      break
    default:
  }
})

test('monitor', () => {
  expectTypeOf(cache.monitor()).toEqualTypeOf<Monitor>()
  expectTypeOf<Monitor>().toExtend<Disposable>()
  expectTypeOf<Monitor['stats']>().returns.toEqualTypeOf<MonitorStats>()
  void cache.monitor({
    sample: 10,
    interval: '1s',
    only: (key) => key.startsWith('post:'),
    concurrency: 1,
    onReport: (stats) => expectTypeOf(stats).toEqualTypeOf<MonitorStats>(),
    versionOf: {
      cached: (post: Post) => post.version,
      source: (key) => {
        expectTypeOf(key).toEqualTypeOf<string>()
        return Promise.resolve(7)
      },
    },
  })
  void cache.monitor({ versionOf: { cached: (post: Post) => post.changedAt, source: () => null } })
  void cache.monitor<Post | null>({
    versionOf: { cached: (post) => post?.version, source: () => undefined },
  })
  expectTypeOf<number | bigint | Date | string>().toEqualTypeOf<Version>()
  expectTypeOf<MonitorOptions>().toExtend<{ readonly sample?: number | undefined }>()
  // @ts-expect-error no unit that is known
  void cache.monitor({ interval: '1w' })
  // @ts-expect-error no such option
  void cache.monitor({ samples: 1 })
  // @ts-expect-error both are needed
  void cache.monitor({ versionOf: { cached: () => 1 } })
  // @ts-expect-error what is compared is a number, a bigint, a Date or a string
  void cache.monitor({ versionOf: { cached: () => ({}), source: () => 1 } })
})
