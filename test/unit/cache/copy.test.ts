import { describe, expect, test } from 'vitest'
import type { CopyPolicy, EngineOptions } from '../../../src/cache/options.js'
import { CodecError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, openMemory } from './harness.js'

class Money {
  readonly cents: number

  constructor(cents: number) {
    this.cents = cents
  }
}

interface Profile {
  name: string
  roles: string[]
  born: Date
}

const profile = (): Profile => ({ name: 'ada', roles: ['admin'], born: new Date(0) })

const withCopy = (copy: CopyPolicy): EngineOptions => ({ memory: { copy } })

describe.each([
  ['memory only', openMemory],
  ['both tiers', openBoth],
])("copy: 'freeze' (%s)", (_, open) => {
  test('is the default: a change of a hit fails at its first run', async () => {
    const { cache } = open()
    const value = await cache.get('k', profile)
    expect(() => {
      value.name = 'eve'
    }).toThrow(TypeError)
    expect(() => value.roles.push('root')).toThrow(TypeError)
    expect(await cache.get('k')).toEqual(profile())
    expect(await cache.get('k')).toBe(value)
  })

  test("the loader's own object is frozen, deeply, and given to all", async () => {
    const { cache } = open()
    const made = profile()
    const values = await Promise.all([cache.get('k', () => made), cache.get('k', () => made)])
    expect(values[0]).toBe(made)
    expect(values[1]).toBe(made)
    expect([Object.isFrozen(made), Object.isFrozen(made.roles)]).toEqual([true, true])
  })

  test('the object that was set is frozen', async () => {
    const { cache } = open()
    const made = profile()
    await cache.set('k', made)
    expect(Object.isFrozen(made.roles)).toBe(true)
    expect(await cache.get('k')).toBe(made)
  })

  test('a value that is returned unstored is frozen as well where it has several readers', async () => {
    const { cache } = open()
    const made = profile()
    await cache.get('k', (ctx) => {
      ctx.skip()
      return made
    })
    expect(Object.isFrozen(made)).toBe(true)
  })
})

test('what came from the second tier is frozen too', async () => {
  const both = openBoth()
  await openBeside(both).cache.set('k', profile())
  const value = await both.cache.get<Profile>('k')
  expect(() => value?.roles.push('root')).toThrow(TypeError)
})

describe.each<[string, () => unknown, (value: never) => unknown]>([
  ['a Buffer', () => Buffer.from('one'), (value: Buffer) => value.write('XXX')],
  ['a typed array', () => new Uint16Array([1, 2]), (value: Uint16Array) => value.fill(9)],
  ['an ArrayBuffer', () => new ArrayBuffer(2), (v: ArrayBuffer) => new Uint8Array(v).fill(9)],
  ['a Map', () => new Map([['a', [1]]]), (value: Map<string, unknown>) => value.set('b', 2)],
  ['a Set', () => new Set([1]), (value: Set<number>) => value.add(2)],
  [
    'a Buffer deep in an object',
    () => ({ list: [{ bytes: Buffer.from('one') }] }),
    (value: { list: { bytes: Buffer }[] }) => value.list[0]?.bytes.write('XXX'),
  ],
  [
    'an array in a Map',
    () => new Map([['a', [1]]]),
    (value: Map<string, number[]>) => {
      try {
        value.get('a')?.push(2)
      } catch {
        // frozen: even better
      }
    },
  ],
])('%s, which cannot be frozen,', (_, make, change) => {
  test.each([
    ['memory only', openMemory],
    ['both tiers', openBoth],
  ])('is copied for every reader (%s)', async (_, open) => {
    const { cache, clock } = open({ ttl: '1m', grace: '1h', retryAfter: 0 })
    const made = make()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const load = async (): Promise<unknown> => {
      await held
      return made
    }
    // The miss's own caller, one that joined, and the loader.
    const calls = [
      cache.get('k', load),
      cache.get('k', load),
      cache.getMany(['k'], { key: (k) => k, load: () => [made] }),
    ]
    await settle()
    release()
    const [own, joined, many] = await Promise.all(calls)
    change(own as never)
    change(joined as never)
    change((many as Map<string, unknown>).get('k') as never)
    change(made as never)
    // Hits, in each way there is.
    for (let round = 0; round < 2; round++) {
      for (const read of [
        () => cache.get('k'),
        async () => (await cache.read('k')).value,
        () => Promise.resolve(cache.peek('k')),
        async () => (await cache.getMany(['k'], { key: (k) => k })).get('k'),
      ]) {
        const value = await read()
        expect(value).toEqual(make())
        change(value as never)
      }
    }
    // Stale.
    clock.advance(61_000)
    for (let round = 0; round < 2; round++) {
      const value = await cache.get('k', () => Promise.reject(new Error('failed')))
      expect(value).toEqual(make())
      change(value)
      await settle()
    }
  })

  test('is copied when it was set', async () => {
    const { cache } = openMemory()
    const made = make()
    await cache.set('k', made)
    change(made as never)
    expect(await cache.get('k')).toEqual(make())
  })

  test('is copied when it came from the second tier', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('k', make())
    change((await both.cache.get('k')) as never)
    change((await both.cache.get('k')) as never)
    expect(await both.cache.get('k')).toEqual(make())
  })

  test('is shared as it is with none', async () => {
    const { cache } = openMemory(withCopy('none'))
    const made = make()
    expect(await cache.get('k', () => made)).toBe(made)
    expect(await cache.get('k')).toBe(made)
  })
})

describe("copy: 'clone'", () => {
  test('gives each reader a copy that it may change', async () => {
    const { cache } = openMemory(withCopy('clone'))
    const made = profile()
    const values = [
      await cache.get('k', () => made),
      await cache.get<Profile>('k'),
      cache.peek<Profile>('k'),
    ]
    for (const value of values) {
      expect(value).toEqual(profile())
      expect(value).not.toBe(made)
      value?.roles.push('root')
      value?.born.setTime(7)
    }
    made.roles.push('root')
    expect(await cache.get('k')).toEqual(profile())
    expect(Object.isFrozen(made)).toBe(false)
  })

  test('holds for what came from the second tier', async () => {
    const both = openBoth(withCopy('clone'))
    await openBeside(both).cache.set('k', profile())
    ;(await both.cache.get<Profile>('k'))?.roles.push('root')
    ;(await both.cache.get<Profile>('k'))?.roles.push('root')
    expect(await both.cache.get('k')).toEqual(profile())
  })

  test('a primitive needs none', async () => {
    const { cache } = openMemory(withCopy('clone'))
    expect(await cache.get('k', () => 'text')).toBe('text')
    expect(await cache.get('k')).toBe('text')
  })
})

test("copy: 'none' shares the value as it is, and freezes nothing", async () => {
  const { cache } = openMemory(withCopy('none'))
  const made = profile()
  expect(await cache.get('k', () => made)).toBe(made)
  made.roles.push('root')
  expect(await cache.get('k')).toEqual({ ...profile(), roles: ['admin', 'root'] })
})

describe('a value that cannot be stored', () => {
  const bad = (): unknown => ({ posts: [{}, { price: new Money(5) }] })

  test.each([
    ['memory only', openMemory],
    ['both tiers', openBoth],
  ])('is returned by get as it is, unstored, and reported (%s)', async (_, open) => {
    const said: string[] = []
    const log = (_: object, message: string): void => void said.push(message)
    const { cache, errors } = open({ logger: { info: log, warn: log } })
    const made = bad()
    for (const key of ['a', 'a', 'b']) expect(await cache.get(key, () => made)).toBe(made)
    expect(await cache.has('a')).toBe(false)
    expect(said).toHaveLength(1)
    expect(errors[0]).toBeInstanceOf(CodecError)
    expect(errors[0]).toMatchObject({ code: 'STRATA_CODEC', path: 'posts[1].price', type: 'Money' })
    expect(said[0]).toMatch(/posts\[1\]\.price.*Money.*codec\.instances.*codec\.types/s)
  })

  test('is reported once per namespace', async () => {
    const said: string[] = []
    const log = (_: object, message: string): void => void said.push(message)
    const { cache } = openMemory({ logger: { info: log, warn: log } })
    for (const space of [cache, cache.namespace('a'), cache.namespace('b'), cache]) {
      await space.get('k', bad)
      await space.get('l', bad)
    }
    expect(said).toHaveLength(3)
  })

  test('rejects with throwOnCacheError', async () => {
    const { cache } = openMemory({ throwOnCacheError: true })
    await expect(cache.get('k', bad)).rejects.toBeInstanceOf(CodecError)
  })

  test.each([
    ['a class instance', bad],
    ['a function', () => () => 1],
    ['a symbol', () => Symbol('s')],
    ['a promise', () => ({ later: Promise.resolve(1) })],
  ])('rejects a set: %s', async (_, make) => {
    const { cache } = openMemory()
    await cache.set('k', 'before')
    await expect(cache.set('k', make())).rejects.toBeInstanceOf(CodecError)
    expect(await cache.get('k')).toBe('before')
  })

  test('leaves the value as it was', async () => {
    const { cache } = openMemory()
    const made = { list: [1], money: new Money(1) }
    await cache.get('k', () => made)
    expect(Object.isFrozen(made.list)).toBe(false)
  })

  test.each(['freeze', 'clone', 'none'] as const)(
    "is kept by reference with tiers: 'memory' (copy: %s)",
    async (copy) => {
      const { cache } = openMemory(withCopy(copy))
      const made = bad()
      const options = { tiers: 'memory' } as const
      expect(await cache.get('k', () => made, options)).toBe(made)
      expect(await cache.get('k')).toBe(made)
      const fn = (): number => 1
      await cache.set('fn', fn, options)
      expect(await cache.get('fn')).toBe(fn)
    },
  )

  test.each(['freeze', 'clone', 'none'] as const)(
    "is handed over unstored with tiers: 'memory' and skip (copy: %s)",
    async (copy) => {
      const { cache } = openMemory(withCopy(copy))
      const made = bad()
      const call = cache.get(
        'k',
        (ctx) => {
          ctx.skip()
          return made
        },
        { tiers: 'memory' },
      )
      expect(await call).toBe(made)
    },
  )

  test("tiers: 'memory' writes nothing to the second tier, and takes away what is there", async () => {
    const both = openBoth()
    await both.cache.set('k', 'old')
    expect(await both.cache.set('k', 'secret', { tiers: 'memory' })).toBe('applied')
    expect(await both.cache.get('k')).toBe('secret')
    expect(await openBeside(both).cache.get('k')).toBeUndefined()
    await both.cache.get('l', () => 'secret', { tiers: 'memory' })
    expect(await openBeside(both).cache.get('l')).toBeUndefined()
  })

  test("codec.instances: 'json' stores what its toJSON or own properties give", async () => {
    const { cache } = openMemory({ codec: { instances: 'json' } })
    expect(await cache.get('k', () => ({ price: new Money(5) }))).toEqual({ price: { cents: 5 } })
    expect(await cache.get('k')).toEqual({ price: { cents: 5 } })
  })

  test('codec.types stores a class as what it encodes to', async () => {
    const types = [
      {
        name: 'Money',
        class: Money,
        encode: (money: Money) => money.cents,
        decode: (cents: unknown) => new Money(cents as number),
      },
    ]
    const both = openBoth({ codec: { types } })
    await both.cache.set('k', { price: new Money(5) })
    for (const { cache } of [both, openBeside(both, { codec: { types } })]) {
      const value = await cache.get<{ price: Money }>('k')
      expect(value?.price).toBeInstanceOf(Money)
      expect(value?.price.cents).toBe(5)
    }
  })
})
