import { inspect } from 'node:util'
import { describe, expect, test, vi } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { DEFAULTS } from '../../../src/cache/defaults.js'
import type { EngineOptions } from '../../../src/cache/options.js'
import { parseSettings } from '../../../src/cache/settings.js'
import { assembleCache } from '../../../src/create-cache.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { ManualClock } from '../../support/manual-clock.js'
import { openBoth, openMemory, rejectionOf, thrownBy } from './harness.js'

const duration = /^milliseconds as a number or a string with a unit/
const flag = /^true or false$/
const object = /^an object$/
const unknownName = /^no option of this name; known: /

/** Values no duration has. */
const badDurations = [
  -1,
  Number.NaN,
  Infinity,
  -Infinity,
  '5',
  '',
  ' 5m',
  '5 m',
  '5w',
  '-1s',
  '1e3s',
  '366d',
  true,
  {},
  [],
  5n,
]

function durations(
  option: string,
  path: (value: unknown) => object,
): [string, object, string, RegExp][] {
  return badDurations.map((value) => [
    `${option}: ${inspect(value)}`,
    path(value),
    option,
    duration,
  ])
}

const policy: [string, object, string, RegExp][] = [
  ...durations('ttl', (ttl) => ({ ttl })),
  ...durations('grace', (grace) => ({ grace })),
  ...durations('negativeTtl', (negativeTtl) => ({ negativeTtl })),
  ['ttl: null', { ttl: null }, 'ttl', duration],
  ['tll: 1', { tll: 1 }, 'tll', /^no option of this name; known: .*; did you mean ttl\?$/],
  ['ttl: false', { ttl: false }, 'ttl', duration],
  ['softTimeout: true', { softTimeout: true }, 'softTimeout', duration],
  ['softTimeout: -1', { softTimeout: -1 }, 'softTimeout', duration],
  ['hardTimeout: null', { hardTimeout: null }, 'hardTimeout', duration],
  ['hardTimeout: Infinity', { hardTimeout: Infinity }, 'hardTimeout', duration],
  ['retryAfter: false', { retryAfter: false }, 'retryAfter', duration],
  ['jitter: -0.1', { jitter: -0.1 }, 'jitter', /^a number, 0 \.\. 0\.5$/],
  ['jitter: 0.6', { jitter: 0.6 }, 'jitter', /^a number, 0 \.\. 0\.5$/],
  ['jitter: NaN', { jitter: Number.NaN }, 'jitter', /^a number/],
  ["jitter: '5%'", { jitter: '5%' }, 'jitter', /^a number/],
  ['earlyRefresh: 11', { earlyRefresh: 11 }, 'earlyRefresh', /^a number, 0 \.\. 10$/],
  ['earlyRefresh: true', { earlyRefresh: true }, 'earlyRefresh', /^a number/],
  ["tiers: 'redis'", { tiers: 'redis' }, 'tiers', /^'all', 'memory'$/],
  ["tags: 'a'", { tags: 'a' }, 'tags', /^an array of strings$/],
  ['tags: [1]', { tags: [1] }, 'tags', /^non-empty strings/],
  ["tags: ['']", { tags: [''] }, 'tags', /^non-empty strings/],
  ['an ill-formed tag', { tags: ['\ud800'] }, 'tags', /well-formed UTF-16$/],
  ['too long a tag', { tags: ['x'.repeat(257)] }, 'tags', /^at most 256 bytes a tag/],
  ['too long a tag, counted in bytes', { tags: ['é'.repeat(129)] }, 'tags', /^at most 256 bytes/],
  [
    'too many tags',
    { tags: Array.from({ length: 33 }, (_, i) => `t${i}`) },
    'tags',
    /^at most 32 tags/,
  ],
]

const whole: [string, object, string, RegExp][] = [
  ...policy,
  ['an unknown name', { tll: '5m' }, 'tll', unknownName],
  ['signal', { signal: new AbortController().signal }, 'signal', unknownName],
  ['force', { force: true }, 'force', unknownName],
  ["namespace: ''", { namespace: '' }, 'namespace', /^1-64 characters/],
  ["namespace: 'a:b'", { namespace: 'a:b' }, 'namespace', /^1-64 characters/],
  ['too long a namespace', { namespace: 'x'.repeat(65) }, 'namespace', /^1-64 characters/],
  ['namespace: 1', { namespace: 1 }, 'namespace', /^1-64 characters/],
  ['memory: true', { memory: true }, 'memory', object],
  ['memory: []', { memory: [] }, 'memory', object],
  ['memory.max', { memory: { max: 5 } }, 'memory.max', unknownName],
  [
    'memory.maxEntries: 0',
    { memory: { maxEntries: 0 } },
    'memory.maxEntries',
    /^a whole number, 1/,
  ],
  ['memory.maxEntries: 1.5', { memory: { maxEntries: 1.5 } }, 'memory.maxEntries', /^a whole/],
  ["memory.maxEntries: '5'", { memory: { maxEntries: '5' } }, 'memory.maxEntries', /^a whole/],
  ['memory.maxBytes: 0', { memory: { maxBytes: 0 } }, 'memory.maxBytes', /^bytes as a whole/],
  ["memory.maxBytes: '64'", { memory: { maxBytes: '64' } }, 'memory.maxBytes', /^bytes/],
  ["memory.maxBytes: '1.5mb'", { memory: { maxBytes: '1.5mb' } }, 'memory.maxBytes', /^bytes/],
  ["memory.maxBytes: '64MB'", { memory: { maxBytes: '64MB' } }, 'memory.maxBytes', /^bytes/],
  ['memory.copy', { memory: { copy: true } }, 'memory.copy', /^'freeze', 'clone', 'none'$/],
  ['memory.ttl: 0', { memory: { ttl: 0 } }, 'memory.ttl', duration],
  ['codec: 1', { codec: 1 }, 'codec', object],
  ['codec.types: {}', { codec: { types: {} } }, 'codec.types', /^an array of/],
  ['codec.types: [1]', { codec: { types: [1] } }, 'codec.types[0]', object],
  [
    'a type without a name',
    { codec: { types: [{ class: Date, encode: String, decode: String }] } },
    'codec.types[0].name',
    /^a non-empty string/,
  ],
  [
    'a type without a class',
    { codec: { types: [{ name: 'x', encode: String, decode: String }] } },
    'codec.types[0].class',
    /^a function$/,
  ],
  [
    'two types of one name',
    {
      codec: {
        types: [
          { name: 'x', class: Date, encode: String, decode: String },
          { name: 'x', class: Map, encode: String, decode: String },
        ],
      },
    },
    'codec.types[1].name',
    /of its own$/,
  ],
  ['codec.instances', { codec: { instances: 'keep' } }, 'codec.instances', /^'refuse', 'json'$/],
  ['codec.compression: true', { codec: { compression: true } }, 'codec.compression', object],
  [
    'codec.compression.quality: 12',
    { codec: { compression: { quality: 12 } } },
    'codec.compression.quality',
    /^a whole number, 0 \.\. 11$/,
  ],
  [
    'codec.compression.minBytes: -1',
    { codec: { compression: { minBytes: -1 } } },
    'codec.compression.minBytes',
    /^bytes/,
  ],
  ['codec.format', { codec: { format: 'json' } }, 'codec.format', unknownName],
  ['outage.ttl', { outage: { ttl: 'soon' } }, 'outage.ttl', duration],
  ['outage.maxLoads: 0', { outage: { maxLoads: 0 } }, 'outage.maxLoads', /^a whole number, 1/],
  ['outage.maxWaiting', { outage: { maxWaiting: -1 } }, 'outage.maxWaiting', /^a whole number, 0/],
  ['outage.maxQueued', { outage: { maxQueued: 0 } }, 'outage.maxQueued', /^a whole number, 1/],
  ['outage.mode', { outage: { mode: 1 } }, 'outage.mode', unknownName],
  ['limits.keyBytes', { limits: { keyBytes: 0 } }, 'limits.keyBytes', /^a whole number, 1/],
  ['limits.tagsPerEntry', { limits: { tagsPerEntry: 0 } }, 'limits.tagsPerEntry', /^a whole/],
  ['limits.tagBytes', { limits: { tagBytes: 1e9 } }, 'limits.tagBytes', /^a whole/],
  ['limits.waitersPerKey', { limits: { waitersPerKey: 0 } }, 'limits.waitersPerKey', /^a whole/],
  ['limits.keys', { limits: { keys: 1 } }, 'limits.keys', unknownName],
  ['throwOnCacheError: 1', { throwOnCacheError: 1 }, 'throwOnCacheError', flag],
  ['maxBatch: 0', { maxBatch: 0 }, 'maxBatch', /^a whole number, 1/],
  ['logger: true', { logger: true }, 'logger', /^false, or an object like pino's/],
  ['a logger without warn', { logger: { info() {}, error() {} } }, 'logger', /^false, or/],
  ['logger: null', { logger: null }, 'logger', /^false, or/],
  ["dev: 'yes'", { dev: 'yes' }, 'dev', flag],
  // null is no way to say "the default"
  ['namespace: null', { namespace: null }, 'namespace', /^1-64 characters/],
  ['memory: null', { memory: null }, 'memory', object],
  ['memory.maxEntries: null', { memory: { maxEntries: null } }, 'memory.maxEntries', /^a whole/],
  ['memory.maxBytes: null', { memory: { maxBytes: null } }, 'memory.maxBytes', /^bytes/],
  ['memory.copy: null', { memory: { copy: null } }, 'memory.copy', /^'freeze'/],
  ['codec: null', { codec: null }, 'codec', object],
  ['codec.types: null', { codec: { types: null } }, 'codec.types', /^an array/],
  ['outage: null', { outage: null }, 'outage', object],
  ['limits: null', { limits: null }, 'limits', object],
  ['limits.keyBytes: null', { limits: { keyBytes: null } }, 'limits.keyBytes', /^a whole/],
  ['throwOnCacheError: null', { throwOnCacheError: null }, 'throwOnCacheError', flag],
  ['maxBatch: null', { maxBatch: null }, 'maxBatch', /^a whole/],
  ['dev: null', { dev: null }, 'dev', flag],
  ['redis: null', { redis: null }, 'redis', /./],
  ['redis: 6379', { redis: 6379 }, 'redis', /./],
]

const parts = { clock: new ManualClock() }
const assemble = (options: object): Cache => assembleCache(options, parts)

describe('options of a cache', () => {
  test.each(whole)(
    '%s is refused, naming option and what is allowed',
    (_, options, option, allowed) => {
      const error = thrownBy(() => assemble(options))
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(error).toMatchObject({ code: 'STRATA_INVALID_OPTION', option })
      expect((error as InvalidOptionError).allowed).toMatch(allowed)
      expect((error as InvalidOptionError).message).toContain(`${option}: got `)
    },
  )

  test.each([[1], ['redis://localhost'], [[]], [() => ({})]])('%o are no options', (options) => {
    expect(thrownBy(() => assemble(options as object))).toMatchObject({ option: 'options' })
  })

  test.each<[EngineOptions]>([
    [{}],
    [{ ttl: 0, grace: '365d', negativeTtl: 0.5 }],
    [{ ttl: '1.5h', softTimeout: false, hardTimeout: false, retryAfter: 0 }],
    [{ jitter: 0.5, earlyRefresh: 10, tiers: 'memory' }],
    [{ namespace: 'A.z-9_'.repeat(10) }],
    [{ memory: false }],
    [{ memory: { maxEntries: 1, maxBytes: '1b', copy: 'none', ttl: '1ms' } }],
    [{ codec: { compression: { minBytes: 0, quality: 0 } } }],
    [{ codec: { compression: false, types: [], instances: 'json' } }],
    [{ outage: { ttl: 0, maxLoads: 1, maxWaiting: 0, maxQueued: 1 } }],
    [{ tags: [] }],
    [{ tags: ['x'.repeat(256), 'é'.repeat(128)] }],
    [{ logger: false, dev: true, maxBatch: 1, throwOnCacheError: true }],
  ])('%o are accepted', (options) => {
    expect(() => parseSettings(options)).not.toThrow()
  })

  test('the defaults are those of the table', () => {
    expect(DEFAULTS).toEqual({
      namespace: 'default',
      ttl: '5m',
      grace: 0,
      jitter: 0.05,
      softTimeout: 0,
      hardTimeout: '30s',
      retryAfter: '1s',
      earlyRefresh: 0,
      tiers: 'all',
      'memory.maxEntries': 10_000,
      'memory.maxBytes': '64mb',
      'memory.copy': 'freeze',
      'codec.instances': 'refuse',
      'codec.compression': false,
      'codec.compression.minBytes': '4kb',
      'codec.compression.quality': 4,
      'coherence.maxStaleness': '2s',
      'coherence.whenBlind': 'stale',
      'coherence.onFailover': 'clear',
      'lease.ttl': '2s',
      'lease.maxWait': '10s',
      'outage.ttl': '2s',
      'outage.maxLoads': 64,
      'outage.maxWaiting': 10_000,
      'outage.maxQueued': 10_000,
      'limits.keyBytes': 1_024,
      'limits.tagsPerEntry': 32,
      'limits.tagBytes': 256,
      'limits.waitersPerKey': 10_000,
      throwOnCacheError: false,
      shareErrorMessages: false,
      maxBatch: 500,
    })
    expect(parseSettings({ dev: false })).toMatchObject({
      namespace: 'default',
      policy: {
        ttl: 300_000,
        grace: 0,
        negativeTtl: undefined,
        jitter: 0.05,
        tags: [],
        softTimeout: 0,
        hardTimeout: 30_000,
        retryAfter: 1_000,
        earlyRefresh: 0,
        tiers: 'all',
        signal: undefined,
        force: false,
      },
      memory: { maxEntries: 10_000, maxBytes: 64 * 2 ** 20, copy: 'freeze', ttl: Infinity },
      codec: { instances: 'refuse', types: [], compression: undefined },
      outage: { ttl: 2_000, maxLoads: 64, maxWaiting: 10_000, maxQueued: 10_000 },
      limits: { keyBytes: 1_024, tagsPerEntry: 32, tagBytes: 256, waitersPerKey: 10_000 },
      throwOnCacheError: false,
      maxBatch: 500,
      logger: undefined,
      dev: false,
    })
  })

  test("the caller's object is left as it is", () => {
    const tags = ['a', 'a']
    const options = { ttl: '1m', tags, memory: { maxEntries: 5 } } as const
    const before = structuredClone(options)
    assemble(options)
    expect(options).toEqual(before)
    expect(Object.isFrozen(options)).toBe(false)
    expect(Object.isFrozen(tags)).toBe(false)
  })

  test('tags may be given twice', async () => {
    const { cache } = openMemory({ tags: ['a', 'a'] })
    expect((await cache.read('k', () => 1, { tags: ['a', 'b', 'b'] })).tags).toEqual(['a', 'b'])
  })
})

describe('options of a call', () => {
  const perCall: [string, unknown, string, RegExp][] = [
    ...policy,
    ['an unknown name', { tll: '5m' }, 'tll', unknownName],
    ['an option of the cache', { memory: false }, 'memory', unknownName],
    ['force: 1', { force: 1 }, 'force', flag],
    ['signal: {}', { signal: {} }, 'signal', /^an AbortSignal$/],
    ['null', null, 'options', object],
    ['true', true, 'options', object],
    ['an array', [], 'options', object],
    ["the shorthand '5'", '5', 'ttl', duration],
    ['the shorthand -1', -1, 'ttl', duration],
  ]

  test.each(perCall)('%s: get and read reject', async (_, options, option, allowed) => {
    const { cache } = openMemory()
    const load = vi.fn(() => 'value')
    for (const call of [
      () => cache.get('k', load, options as object),
      () => cache.read('k', load, options as object),
    ]) {
      const error = await rejectionOf(call())
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(error).toMatchObject({ option })
      expect((error as InvalidOptionError).allowed).toMatch(allowed)
    }
    expect(load).not.toHaveBeenCalled()
  })

  test.each(perCall.filter(([, options]) => typeof options === 'object'))(
    '%s: getMany rejects',
    async (_, options, option) => {
      const { cache } = openMemory()
      const whole =
        options === null || Array.isArray(options)
          ? options
          : { ...(options as object), key: (id: string) => id }
      const error = await rejectionOf(cache.getMany(['a'], whole as never))
      expect(error).toMatchObject({ code: 'STRATA_INVALID_OPTION', option })
    },
  )

  test.each(
    perCall.filter(
      ([name]) => !/softTimeout|hardTimeout|retryAfter|earlyRefresh|force|signal/.test(name),
    ),
  )('%s: set rejects and stores nothing', async (_, options, option) => {
    const { cache } = openMemory()
    const error = await rejectionOf(cache.set('k', 'value', options as object))
    expect(error).toMatchObject({ code: 'STRATA_INVALID_OPTION', option })
    expect(await cache.has('k')).toBe(false)
  })

  test.each(['softTimeout', 'hardTimeout', 'retryAfter', 'earlyRefresh', 'force', 'signal'])(
    'set knows no %s',
    async (option) => {
      const { cache } = openMemory()
      const error = await rejectionOf(cache.set('k', 'value', { [option]: undefined }))
      expect(error).toMatchObject({ code: 'STRATA_INVALID_OPTION', option })
    },
  )

  test.each<[string, (cache: Cache) => Promise<unknown>, string]>([
    ['a loader that is no function', (c) => c.get('k', 'value' as never), 'load'],
    ['null as loader', (c) => c.get('k', null as never), 'load'],
    ['getMany without key', (c) => c.getMany(['a'], {} as never), 'key'],
    ['getMany without options', (c) => c.getMany(['a'], undefined as never), 'options'],
    ['a load of getMany', (c) => c.getMany(['a'], { key: String, load: 1 } as never), 'load'],
    ['a by of getMany', (c) => c.getMany(['a'], { key: String, by: 'id' } as never), 'by'],
    ['negative', (c) => c.getMany(['a'], { key: String, negative: 1 } as never), 'negative'],
    ['tags to invalidate: 1', (c) => c.invalidateTags(1 as never), 'tags'],
    ['tags to invalidate: undefined', (c) => c.invalidateTags(undefined as never), 'tags'],
    ["tags to invalidate: ['a', 1]", (c) => c.invalidateTags(['a', 1] as never), 'tags'],
    ["tags to invalidate: ''", (c) => c.invalidateTags(''), 'tags'],
    ['soft: 1', (c) => c.invalidateTags('a', { soft: 1 } as never), 'soft'],
    ['hard', (c) => c.invalidateTags('a', { hard: true } as never), 'hard'],
    ['a warm without load', (c) => c.warm(['a'], {} as never), 'load'],
    ['concurrency: 0', (c) => c.warm(['a'], { load: () => 1, concurrency: 0 }), 'concurrency'],
    ['concurrency: 1001', (c) => c.warm([], { load: () => 1, concurrency: 1_001 }), 'concurrency'],
    ['a warm with ttl', (c) => c.warm(['a'], { load: () => 1, ttl: 1 } as never), 'ttl'],
  ])('%s is a rejection', async (_, call, option) => {
    const { cache } = openMemory()
    const error = await rejectionOf(call(cache))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option })
  })

  test('undefined means the default', async () => {
    const { cache, clock } = openMemory({ ttl: '1m' })
    await cache.get('k', () => 'value', { ttl: undefined, tags: undefined } as object)
    clock.advance(59_999)
    expect(await cache.get('k', () => 'new', undefined)).toBe('value')
  })

  test('are checked when memory misses; on a hit only force is read', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'value')
    expect(await cache.get('k', () => 'new', { ttl: 'bad' } as object)).toBe('value')
    const error = await rejectionOf(
      cache.get('k', () => 'new', { force: true, ttl: 'bad' } as object),
    )
    expect(error).toMatchObject({ option: 'ttl' })
  })

  test.each([['1m'], [60_000]])('the shorthand %o is the ttl', async (ttl) => {
    const { cache, clock } = openMemory()
    await cache.get('a', () => 'value', ttl as '1m')
    await cache.set('b', 'value', ttl as '1m')
    clock.advance(59_999)
    expect([cache.peek('a'), cache.peek('b')]).toEqual(['value', 'value'])
    clock.advance(1)
    expect([cache.peek('a'), cache.peek('b')]).toEqual([undefined, undefined])
  })
})

describe('keys', () => {
  test.each([
    ['no string', 7],
    ['undefined', undefined],
    ['null', null],
    ['a symbol', Symbol('k')],
    ['an object', { toString: () => 'k' }],
    ['empty', ''],
    ['ill-formed', 'a\ud800'],
    ['too long', 'x'.repeat(1_025)],
    ['too long, counted in bytes', 'é'.repeat(513)],
    ['reserved', 'http|GET /'],
  ])('that are %s are refused everywhere', async (_, key) => {
    for (const { cache } of [openMemory(), openBoth()]) {
      for (const space of [cache, cache.namespace('child')]) {
        const k = key as string
        for (const call of [
          () => space.get(k),
          () => space.get(k, () => 'value'),
          () => space.get(k, () => 'value', { force: true }),
          () => space.read(k),
          () => space.has(k),
          () => space.set(k, 'value'),
          () => space.setMany([{ key: k, value: 'value' }]),
          () => space.delete(k),
          () => space.deleteMany(['good', k]),
          () => space.expire(k),
          () => space.getMany([k], { key: (id) => id }),
        ]) {
          const error = await rejectionOf(call())
          expect(error).toMatchObject({ code: 'STRATA_INVALID_KEY', key })
        }
      }
    }
  })

  test('limits.keyBytes may be changed', async () => {
    const { cache } = openMemory({ limits: { keyBytes: 4 } })
    await cache.set('éé', 'value')
    await expect(cache.set('ééé', 'value')).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
  })
})

describe('dev', () => {
  function openDev(options: EngineOptions = {}) {
    const said: string[] = []
    const log = (_: object, message: string): void => void said.push(message)
    const logger = { info: log, warn: log }
    const cache = assembleCache({ dev: true, logger, ...options }, { clock: new ManualClock() })
    return { cache, said }
  }

  test.each<[string, (cache: Cache) => unknown]>([
    ['get', (cache) => cache.get('k', () => 1, { ttl: 60 })],
    ['the shorthand of get', (cache) => cache.get('k', () => 1, 60)],
    ['read', (cache) => cache.read('k', () => 1, { grace: 60 })],
    ['set', (cache) => cache.set('k', 1, { ttl: 60 })],
    ['the shorthand of set', (cache) => cache.set('k', 1, 60)],
    ['getMany', (cache) => cache.getMany(['k'], { key: (k) => k, load: () => [1], ttl: 60 })],
    ['namespace', (cache) => cache.namespace('child', { ttl: 60 })],
    ['define', (cache) => cache.define('d', { key: (k: string) => k, load: () => 1, ttl: 60 })],
  ])('warns once of a bare number under 1,000: %s', async (_, call) => {
    const { cache, said } = openDev()
    await call(cache)
    expect(said).toHaveLength(1)
    expect(said[0]).toMatch(/^(ttl|grace): 60 means 60ms; write '60s' for seconds$/)
  })

  test('warns of those of the cache, each once', () => {
    const { said } = openDev({ ttl: 300, grace: 5 })
    expect(said).toHaveLength(2)
  })

  test.each([[0], [1_000], ['60ms'], ['1s']])('does not warn of %o', async (ttl) => {
    const { cache, said } = openDev({ ttl } as EngineOptions)
    await cache.get('k', () => 1, { ttl } as object)
    expect(said).toEqual([])
  })

  test('says nothing outside of development', async () => {
    const { cache, said } = openDev({ dev: false, ttl: 60 })
    await cache.get('k', () => 1, { ttl: 60 })
    expect(said).toEqual([])
  })
})
