import { afterAll, describe, expect, it } from 'vitest'
import { CALL_NAMES, POLICY_NAMES, SET_NAMES } from '../../../src/cache/policy.js'
import { ENGINE_NAMES, parseSettings } from '../../../src/cache/settings.js'
import { parseDuration } from '../../../src/entry/duration.js'
import { parseBytes } from '../../../src/entry/option.js'
import { createCache, DEFAULTS, InvalidOptionError } from '../../../src/index.js'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('options.md')
const { redis: REDIS_DEFAULTS, ...CACHE_DEFAULTS } = DEFAULTS

interface Option {
  readonly name: string
  readonly default: string
  readonly range: string
}

const options: readonly Option[] = rowsUnder(doc, 'Option').map(
  ([name = '', value = '', range = '']) => ({
    name: codes(name)[0] ?? '',
    default: value,
    range,
  }),
)

/** Those that are said per call. */
const PER_CALL = ['signal', 'force']

const caches: Cache[] = []
afterAll(async () => {
  await Promise.all(caches.map((cache) => cache.close()))
})

/** Gives one option, however deep it stands. Per-call options are tried with a call. */
function tryOption(name: string, value: unknown): Promise<unknown> {
  if (PER_CALL.includes(name)) {
    return cacheOf({}).get('key', () => 1, { [name]: value })
  }
  // Room for so many entries is made at once: settings only.
  if (name === 'memory.maxEntries' && Number(value) > 1e6) {
    return Promise.resolve(parseSettings({ memory: { maxEntries: Number(value) } }))
  }
  let given: Record<string, unknown> = {}
  const parts = name.split('.')
  for (const part of parts.toReversed()) {
    given = { [part]: parts.indexOf(part) === parts.length - 1 ? value : given }
    if (part === 'redis') Object.assign(given['redis'] as object, { client: idleClient() })
  }
  // hundreds of caches are made here: without memory where it does not matter
  return Promise.resolve(cacheOf({ memory: false, ...given }))
}

function cacheOf(given: CacheOptions): Cache {
  const cache = createCache({ logger: false, dev: false, ...given })
  caches.push(cache)
  return cache
}

/** A client that is never ready. */
function idleClient() {
  return {
    status: 'wait',
    options: {},
    mgetBuffer: () => undefined,
    pipeline: () => undefined,
    on: () => undefined,
    removeListener: () => undefined,
    duplicate: () => undefined,
    disconnect: () => undefined,
  }
}

async function accepts(name: string, value: unknown): Promise<boolean> {
  try {
    await tryOption(name, value)
    return true
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    expect(error.option).toBe(name)
    return false
  }
}

/** Milliseconds, bytes, or the number itself. */
function numberOf(value: string | number | boolean): number {
  if (typeof value === 'number') return value
  return String(value).endsWith('b')
    ? parseBytes(value, 'doc', 0, Number.MAX_SAFE_INTEGER)
    : parseDuration(value, 'doc')
}

describe('docs/options.md: names', () => {
  const groups: [string, string[]][] = [
    ['', [...ENGINE_NAMES, 'redis', ...CALL_NAMES]],
    ...[
      'memory',
      'codec',
      'codec.compression',
      'coherence',
      'lease',
      'outage',
      'limits',
      'redis.breaker',
    ].map((group): [string, string[]] => [group, namesOf(group)]),
    [
      'redis',
      namesOf('redis').filter((name) => !['url', 'options', 'client', 'cluster'].includes(name)),
    ],
  ]

  it.each(groups)("has every option of '%s' and no other", (group, names) => {
    const prefix = group === '' ? '' : `${group}.`
    const documented = options
      .filter(({ name }) => name.startsWith(prefix))
      .map(({ name }) => name.slice(prefix.length).split('.', 1)[0])
    expect(new Set(documented)).toEqual(new Set(names))
  })

  it('says which may be said per call, and to set', () => {
    const first = options.findIndex(({ name }) => name === 'ttl')
    const last = options.findIndex(({ name }) => name === 'tiers')
    const between = options
      .slice(first, last + 1)
      .map(({ name }) => name)
      .filter((name) => !name.includes('.'))
    expect(between.toSorted()).toEqual([...POLICY_NAMES].toSorted())
    expect(CALL_NAMES.toSorted()).toEqual([...POLICY_NAMES, ...PER_CALL].toSorted())
    const set = /`set` takes ([^.]*)\./.exec(doc)?.[1] ?? ''
    expect(codes(set).toSorted()).toEqual(SET_NAMES.toSorted())
  })

  /** The error for an unknown name lists those known. */
  function namesOf(group: string): string[] {
    try {
      void tryOption(`${group}.nonsense`, 1)
    } catch (error) {
      const known = /known: ([^;]*)/.exec((error as InvalidOptionError).allowed)?.[1]
      return known?.split(', ') ?? []
    }
    return []
  }
})

describe('docs/options.md: defaults', () => {
  it('has those of DEFAULTS', () => {
    for (const [name, value] of Object.entries(CACHE_DEFAULTS)) {
      const option = options.find((one) => one.name === name)
      expect([name, literal(codes(option?.default ?? '')[0] ?? '')]).toEqual([name, value])
    }
  })

  it('has those of DEFAULTS.redis', () => {
    const { breaker, ...rest } = REDIS_DEFAULTS
    const all = { ...rest, ...prefixed(breaker, 'breaker.') }
    for (const [name, value] of Object.entries(all)) {
      const option = options.find((one) => one.name === `redis.${name}`)
      expect([name, numberOf(literal(codes(option?.default ?? '')[0] ?? ''))]).toEqual([
        name,
        value,
      ])
    }
  })

  it('names a default for nothing else', () => {
    const known = [
      ...Object.keys(CACHE_DEFAULTS),
      ...Object.keys(
        prefixed({ ...REDIS_DEFAULTS, ...prefixed(REDIS_DEFAULTS.breaker, 'breaker.') }, 'redis.'),
      ),
    ]
    const others = options.filter(({ name }) => !known.includes(name))
    expect(others.map(({ name, default: value }) => `${name}: ${value}`)).toEqual([
      'negativeTtl: as `ttl`',
      'tags: none',
      'lease: an object',
      'signal: none',
      'force: `false`',
      'memory: an object',
      'memory.ttl: none',
      'codec.types: none',
      'redis: none',
      'logger: process warnings',
      'dev: `NODE_ENV` is `development`',
    ])
  })

  function prefixed(values: object, prefix: string): Record<string, unknown> {
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]))
  }
})

describe('docs/options.md: ranges', () => {
  const spans = options.filter(({ range }) => range.includes(' .. '))

  it.each(spans)('$name: $range', async ({ name, range }) => {
    const [low = '', high = ''] = codes(range)
    const [min, max] = [numberOf(literal(low)), numberOf(literal(high))]
    const step = ['jitter', 'earlyRefresh'].includes(name) ? 1e-6 : 1
    expect(await accepts(name, min)).toBe(true)
    expect(await accepts(name, literal(high))).toBe(true)
    expect(await accepts(name, max)).toBe(true)
    expect(await accepts(name, min - step)).toBe(false)
    expect(await accepts(name, max + step)).toBe(false)
    expect(await accepts(name, Number.NaN)).toBe(false)
    expect(await accepts(name, 'nonsense')).toBe(false)
    const allowsFalse = range.includes('`false`')
    expect(await accepts(name, false)).toBe(allowsFalse)
  })

  const choices = options.filter(({ range }) => /^`('\w+'|true)`, `/.test(range))

  it.each(choices)('$name: $range', async ({ name, range }) => {
    for (const code of codes(range)) expect(await accepts(name, literal(code))).toBe(true)
    for (const value of ['nonsense', 1]) expect(await accepts(name, value)).toBe(false)
  })

  it.each<[string, unknown[], unknown[]]>([
    ['namespace', ['a', 'A-Z_0.9', 'x'.repeat(64)], ['', 'x'.repeat(65), 'a b', 'a:b', 'é', 1]],
    ['tags', [[], ['a']], ['a', [1], ['']]],
    ['signal', [new AbortController().signal], [true, {}]],
    ['memory', [{}, false], [true, 1]],
    ['lease', [{}, true, false], ['yes', 1, null]],
    ['codec.compression', [{}, false], [true, 1]],
    [
      'codec.types',
      [[], [{ name: 'a', class: Date, encode: Number, decode: Number }]],
      ['a', [{}].length],
    ],
    ['logger', [false, console], [true, {}, { info: () => undefined }]],
  ])('%s', async (name, good, bad) => {
    for (const value of good) expect(await accepts(name, value)).toBe(true)
    for (const value of bad) expect(await accepts(name, value)).toBe(false)
  })

  it('tries every option', () => {
    const tried = [...spans, ...choices].map(({ name }) => name)
    const byHand = [
      'namespace',
      'tags',
      'signal',
      'memory',
      'lease',
      'codec.compression',
      'codec.types',
    ]
    expect([...tried, ...byHand, 'logger', 'redis'].toSorted()).toEqual(
      options.map(({ name }) => name).toSorted(),
    )
  })
})
