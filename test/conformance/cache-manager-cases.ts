import type { Cache } from 'cache-manager'
import { until } from '../support/redis-server.js'

/** What is done with a cache, and seen of it. Times are told in whole minutes from now, so that two runs can be compared. */
export type Case = readonly [title: string, run: (cache: Cache) => Promise<unknown>]

const MINUTE = 60_000

/** Left of a life that ends then. */
function minutesTo(instant: number | undefined): number | undefined {
  return instant === undefined ? undefined : Math.round((instant - Date.now()) / MINUTE)
}

function counted<T>(value: T | ((n: number) => T)) {
  let runs = 0
  const load = (): T => {
    runs++
    return typeof value === 'function' ? (value as (n: number) => T)(runs) : value
  }
  return { load, runs: () => runs }
}

/** What was told by `on`, each once however many stores tell of it. */
function heard(cache: Cache): string[] {
  const lines: string[] = []
  for (const event of ['get', 'mget', 'set', 'mset', 'del', 'mdel', 'clear', 'refresh', 'ttl']) {
    cache.on(event as 'get', (data: object | undefined) => {
      const { key, keys, list, value } = (data ?? {}) as Record<string, unknown>
      const line = JSON.stringify([event, key ?? keys ?? list, event === 'ttl' ? 'ms' : value])
      if (!lines.includes(line)) lines.push(line)
    })
  }
  return lines
}

const VALUES: readonly (readonly [string, unknown])[] = [
  ['a string', 'text'],
  ['an empty string', ''],
  ['zero', 0],
  ['false', false],
  ['null', null],
  ['an object', { a: [1, { b: 'c' }] }],
  ['a Date', new Date(0)],
  ['a Map', new Map([['a', 1]])],
  ['a Buffer', Buffer.from('bytes')],
]

/** What the facade does otherwise than cache-manager, each with its reason. docs/compat.md has them all. */
export const DEVIATIONS: ReadonlyMap<string, string> = new Map([
  ['set of a function', 'what cannot be stored in Redis is refused in memory too: CodecError'],
  ['set of an object, changed afterwards', 'what is kept in memory is frozen (memory.copy)'],
  ['ttl of a value that was given none', 'nothing is kept for ever: it has the ttl of the cache'],
  ['stores', 'there is no Keyv below'],
  ['a listener that was taken off', 'cache-manager tells of a set twice: of the store, and of all'],
  [
    'del while wrap loads',
    'an invalidation wins over the loads that began before it; cache-manager keeps the old value',
  ],
  ['get of an empty key', 'InvalidKeyError'],
  ['set of an empty key', 'InvalidKeyError'],
  ['get of a key that is a number', 'InvalidKeyError; cache-manager tells of a TypeError'],
  ['a key of 2,000 bytes', 'InvalidKeyError: limits.keyBytes is 1,024, and may be more'],
  ['get after disconnect', 'the cache is closed: ClosedError'],
])

export const CASES: readonly Case[] = [
  ['get of what is not there', (cache) => cache.get('nothing')],
  ...VALUES.map(([name, value]): Case => [
    `set and get of ${name}`,
    async (cache) => [await cache.set('k', value), await cache.get('k')],
  ]),
  [
    'set of undefined over a value',
    async (cache) => [
      await cache.set('k', 1),
      await cache.set('k', undefined),
      await cache.get('k'),
    ],
  ],
  [
    'set over a value',
    async (cache) => [await cache.set('k', 1), await cache.set('k', 2), await cache.get('k')],
  ],
  [
    'set of a function',
    async (cache) => [typeof (await cache.set('k', () => 1)), typeof (await cache.get('k'))],
  ],
  [
    'set of an object, changed afterwards',
    async (cache) => {
      const value = { a: 1 }
      await cache.set('k', value)
      value.a = 2
      return await cache.get('k')
    },
  ],
  [
    'a value at its end',
    async (cache) => {
      await cache.set('k', 1, 20)
      await until(async () => (await cache.get('k')) === undefined)
      return [await cache.get('k'), await cache.ttl('k'), await cache.mget(['k'])]
    },
  ],
  [
    'a ttl below 0',
    async (cache) => [await cache.set('k', 1), await cache.set('k', 2, -1), await cache.get('k')],
  ],
  [
    'a ttl of 0 is no ttl of its own',
    async (cache) => [await cache.set('k', 1, 0), await cache.get('k')],
  ],
  ['a ttl over a year', async (cache) => [await cache.set('k', 1, 1e12), await cache.get('k')]],
  [
    'ttl tells when a value ends',
    async (cache) => {
      await cache.set('k', 1, 10 * MINUTE)
      return minutesTo(await cache.ttl('k'))
    },
  ],
  [
    'ttl of a value that was given none',
    async (cache) => [await cache.set('k', 1), minutesTo(await cache.ttl('k'))],
  ],
  ['ttl of what is not there', (cache) => cache.ttl('nothing')],
  [
    'mset, mget in the order asked for, twice the same, and one that is not there',
    async (cache) => {
      const list = [
        { key: 'a', value: 1 },
        { key: 'b', value: null, ttl: 10 * MINUTE },
      ]
      return [await cache.mset(list), await cache.mget(['b', 'nothing', 'a', 'b']), list]
    },
  ],
  ['mget of nothing', (cache) => cache.mget([])],
  ['mset of nothing', (cache) => cache.mset([])],
  ['mdel of nothing', (cache) => cache.mdel([])],
  [
    'del, of what is there and of what is not',
    async (cache) => [
      await cache.set('k', 1),
      await cache.del('k'),
      await cache.get('k'),
      await cache.del('k'),
    ],
  ],
  [
    'mdel',
    async (cache) => [
      await cache.mset([
        { key: 'a', value: 1 },
        { key: 'b', value: 2 },
        { key: 'c', value: 3 },
      ]),
      await cache.mdel(['a', 'b', 'nothing']),
      await cache.mget(['a', 'b', 'c']),
    ],
  ],
  ['clear', async (cache) => [await cache.set('k', 1), await cache.clear(), await cache.get('k')]],
  [
    'wrap runs its function once, then has the value',
    async (cache) => {
      const { load, runs } = counted('value')
      return [
        await cache.wrap('k', load),
        await cache.wrap('k', load),
        await cache.get('k'),
        runs(),
      ]
    },
  ],
  [
    'wrap for 100 callers at once',
    async (cache) => {
      const { load, runs } = counted('value')
      const slow = async () => {
        await new Promise((resolve) => setTimeout(resolve, 10))
        return load()
      }
      const values = await Promise.all(Array.from({ length: 100 }, () => cache.wrap('k', slow)))
      return [new Set(values), runs()]
    },
  ],
  [
    'del while wrap loads',
    async (cache) => {
      const value = await cache.wrap('k', async () => {
        await cache.del('k')
        return 'old'
      })
      return [value, await cache.get('k')]
    },
  ],
  [
    'wrap passes its function nothing',
    (cache) => cache.wrap('k', (...args: unknown[]) => args.length),
  ],
  [
    'wrap with a function that fails, then does not',
    async (cache) => {
      const failure = new Error('no database')
      const failed = await cache.wrap('k', () => Promise.reject(failure)).catch((e: unknown) => e)
      return [failed === failure, await cache.wrap('k', () => 1), await cache.get('k')]
    },
  ],
  [
    'wrap with a function that returns undefined keeps nothing',
    async (cache) => {
      const { load, runs } = counted(undefined)
      return [await cache.wrap('k', load), await cache.wrap('k', load), runs()]
    },
  ],
  [
    'wrap with a function that returns null keeps it',
    async (cache) => {
      const { load, runs } = counted(null)
      return [await cache.wrap('k', load), await cache.wrap('k', load), runs()]
    },
  ],
  [
    'wrap with a ttl',
    async (cache) => [await cache.wrap('k', () => 1, 10 * MINUTE), minutesTo(await cache.ttl('k'))],
  ],
  [
    'wrap with a ttl by the value',
    async (cache) => [
      await cache.wrap(
        'k',
        () => 5,
        (value) => value * MINUTE,
      ),
      minutesTo(await cache.ttl('k')),
    ],
  ],
  [
    'wrap with a ttl below 0 keeps nothing',
    async (cache) => [await cache.wrap('k', () => 1, -1), await cache.get('k')],
  ],
  [
    'wrap with options and raw, at first and again',
    async (cache) => {
      const raws = [
        await cache.wrap('k', () => 1, { ttl: 10 * MINUTE, raw: true }),
        await cache.wrap('k', () => 2, { ttl: 10 * MINUTE, raw: true }),
      ]
      return raws.map((raw) => [raw?.value, minutesTo(raw?.expires), Object.keys(raw ?? {})])
    },
  ],
  ...[10 * MINUTE, () => 10 * MINUTE].map((threshold): Case => [
    `wrap with a refreshThreshold (${typeof threshold}) that is reached`,
    async (cache) => {
      const { load, runs } = counted((n) => n)
      const first = await cache.wrap('k', load, 5 * MINUTE)
      const refreshed = new Promise((resolve) => cache.on('refresh', resolve))
      const second = await cache.wrap('k', load, 5 * MINUTE, threshold)
      return [first, second, await refreshed, await cache.get('k'), runs()]
    },
  ]),
  [
    'wrap with a refreshThreshold that is not reached',
    async (cache) => {
      const { load, runs } = counted((n) => n)
      await cache.wrap('k', load, 5 * MINUTE, MINUTE)
      return [await cache.wrap('k', load, 5 * MINUTE, MINUTE), runs()]
    },
  ],
  [
    'a refresh that fails leaves the value, and is told',
    async (cache) => {
      await cache.wrap('k', () => 1, 5 * MINUTE)
      const refreshed = new Promise<{ error?: unknown }>((resolve) => cache.on('refresh', resolve))
      const load = () => Promise.reject(new Error('no database'))
      const value = await cache.wrap<number>('k', load, 5 * MINUTE, 10 * MINUTE)
      const { error, ...rest } = await refreshed
      return [value, (error as Error).message, rest, await cache.get('k')]
    },
  ],
  [
    'its methods need no this',
    async ({ set, get, wrap }) => [await set('k', 1), await get('k'), await wrap('k', () => 2)],
  ],
  ['cacheId', (cache) => Promise.resolve(typeof cache.cacheId())],
  ['stores', (cache) => Promise.resolve(cache.stores.length)],
  [
    'what is told of writes and reads',
    async (cache) => {
      const lines = heard(cache)
      await cache.set('k', 1)
      await cache.get('k')
      await cache.get('nothing')
      await cache.mset([{ key: 'a', value: 1 }])
      await cache.ttl('k')
      await cache.del('k')
      await cache.mdel(['a'])
      await cache.clear()
      return lines
    },
  ],
  [
    'what is told of mget',
    async (cache) => {
      const told: unknown[] = []
      cache.on('mget', (data) => told.push(data))
      await cache.set('k', 1)
      await cache.mget(['k', 'nothing'])
      return told.map((data) => (data as { values?: unknown }).values)
    },
  ],
  [
    'what is told of wrap',
    async (cache) => {
      const lines = heard(cache)
      await cache.wrap('k', () => 1)
      await cache.wrap('k', () => 2)
      return lines
    },
  ],
  [
    'a listener that was taken off',
    async (cache) => {
      const told: unknown[] = []
      const listener = ({ key }: { key: string }) => told.push(key)
      cache.on('set', listener)
      await cache.set('a', 1)
      cache.off('set', listener)
      await cache.set('b', 1)
      return told
    },
  ],
  ['get of an empty key', (cache) => cache.get('')],
  ['set of an empty key', (cache) => cache.set('', 1).catch(() => 'rejected')],
  ['get of a key that is a number', (cache) => cache.get(1 as never)],
  ['set of a key that is a number', (cache) => cache.set(1 as never, 1).catch(() => 'rejected')],
  [
    'a key of 2,000 bytes',
    async (cache) => [await cache.set('k'.repeat(2_000), 1), await cache.get('k'.repeat(2_000))],
  ],
  ['disconnect', (cache) => cache.disconnect()],
  [
    'get after disconnect',
    async (cache) => [await cache.set('k', 1), await cache.disconnect(), await cache.get('k')],
  ],
  [
    'wrap after disconnect',
    async (cache) => [await cache.disconnect(), await cache.wrap('k', () => 1)],
  ],
]
