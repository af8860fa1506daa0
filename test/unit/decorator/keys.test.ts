import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cached, entriesOf } from '../../../src/decorator/index.js'
import { InvalidKeyError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { openMemory, rejectionOf } from '../cache/harness.js'

class Posts {
  readonly cache: Cache
  readonly tenant: string

  constructor(cache: Cache, tenant = 'a') {
    this.cache = cache
    this.tenant = tenant
  }

  @cached({ name: 'any' })
  async any(...args: unknown[]) {
    return args.length
  }

  @cached({ name: 'chosen', key: (key: unknown) => key as string })
  async chosen(key: unknown) {
    return key
  }

  @cached({
    name: 'own',
    key(this: Posts, id: number) {
      return [this.tenant, id]
    },
  })
  async own(id: number) {
    return `${id} of ${this.tenant}`
  }
}

const { cache } = openMemory()
const posts = new Posts(cache)
const keyOf = (...args: unknown[]): string => entriesOf(posts, 'any').key(...args)

describe('without a key', () => {
  test.each([
    [[], 'any:()'],
    [[7], 'any:7'],
    [['7'], 'any:"7"'],
    [[7n], 'any:7n'],
    [['a', 1, 2n], 'any:(a,1,2n)'],
    [[7, undefined], 'any:7'],
    [[undefined, undefined], 'any:()'],
  ])('the arguments are the key (%#: $1)', (args, key) => {
    expect(keyOf(...args)).toBe(key)
  })

  test.each([
    ['an object', {}],
    ['an array', [1, 2]],
    ['a Date', new Date(0)],
    ['a function', () => 1],
    ['a symbol', Symbol('a')],
    ['null', null],
    ['a boolean', true],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['a lone surrogate', '\ud800'],
  ])('an argument that is no identity rejects: %s', async (_, argument) => {
    const error = await rejectionOf(posts.any('first', argument, 'last'))
    expect(error).toBeInstanceOf(InvalidKeyError)
    expect((error as Error).message).toMatch(/argument 2 of Posts\.any is no identity.*option key/)
    expect((error as InvalidKeyError).key).toBe(argument)
  })

  test('undefined that is not at the end rejects', async () => {
    const error = await rejectionOf(posts.any(undefined, 7))
    expect((error as Error).message).toContain('argument 1 of Posts.any')
  })

  test('more arguments than a key has parts reject', async () => {
    expect(await rejectionOf(posts.any(...Array(17).keys()))).toBeInstanceOf(InvalidKeyError)
  })

  test('different arguments are different keys', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      fc.integer(),
      fc.bigInt(),
    )
    const args = fc.array(part, { maxLength: 4 })
    const same = (a: unknown[], b: unknown[]): boolean =>
      a.length === b.length && a.every((one, at) => Object.is(one, b[at]))
    fc.assert(
      fc.property(args, args, (a, b) => {
        expect(keyOf(...a) === keyOf(...b)).toBe(same(a, b))
      }),
    )
  })
})

describe('with a key', () => {
  test('it is given the instance as this', async () => {
    const other = new Posts(cache, 'b')
    expect([await posts.own(7), await other.own(7)]).toEqual(['7 of a', '7 of b'])
    expect(entriesOf(other, 'own').key(7)).toBe('own:(b,7)')
  })

  test.each([
    ['an object', { id: 1 }],
    ['undefined', undefined],
    ['a promise', Promise.resolve(1)],
    ['a tuple with a hole', Array(1)],
    ['NaN in a tuple', ['a', Number.NaN]],
  ])('what is none rejects: %s', async (_, key) => {
    const error = await rejectionOf(posts.chosen(key))
    expect(error).toBeInstanceOf(InvalidKeyError)
    expect((error as Error).message).toContain('returned by the key of Posts.chosen')
  })
})
