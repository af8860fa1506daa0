import { expect, test } from 'vitest'
import { cached, invalidates } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { openMemory, rejectionOf } from '../cache/harness.js'

const { cache: shared } = openMemory()

class Posts {
  readonly store: Cache | undefined
  calls = 0

  constructor(store?: Cache) {
    this.store = store
  }

  @cached({ name: 'shared', cache: shared })
  async shared() {
    return ++this.calls
  }

  @cached({ name: 'own', cache: (posts: Posts) => posts.store as Cache })
  async own() {
    return ++this.calls
  }

  @cached({ name: 'property' })
  async property() {
    return ++this.calls
  }

  @invalidates({ tags: ['all'] })
  async write() {
    return ++this.calls
  }

  @cached({ name: 'static' })
  static async of() {
    return 1
  }

  @cached({ name: 'symbol' })
  async [Symbol.iterator]() {
    return 1
  }
}

test('the cache is the one given', async () => {
  expect([await new Posts().shared(), await new Posts().shared()]).toEqual([1, 1])
  expect(await shared.has('shared:()')).toBe(true)
})

test('the cache is the one that the given function returns, at each call', async () => {
  const [one, two] = [openMemory().cache, openMemory().cache]
  const posts = new Posts(one)
  await posts.own()
  Object.assign(posts, { store: two })
  await posts.own()
  expect(posts.calls).toBe(2)
  expect([await one.get('own:()'), await two.get('own:()')]).toEqual([1, 2])
})

test('the cache is the property of the instance, or of the class', async () => {
  const { cache } = openMemory()
  const posts = Object.assign(new Posts(), { cache })
  expect([await posts.property(), await posts.property()]).toEqual([1, 1])
  class Static extends Posts {
    static readonly cache = cache
  }
  await Static.of()
  expect(await cache.has('static:()')).toBe(true)
})

const { property } = Posts.prototype

test.each([
  ['Posts.property', () => new Posts().property()],
  ['Posts.property', () => Object.assign(new Posts(), { cache: new Map() }).property()],
  ['Posts.own', () => new Posts().own()],
  ['Posts.write', () => new Posts().write()],
  ['Posts.of', () => Posts.of()],
  ['Posts[Symbol(Symbol.iterator)]', () => new Posts()[Symbol.iterator]()],
  ['property', () => property()],
])('a call without a cache rejects and names the method: %s', async (place, call) => {
  const error = await rejectionOf(call())
  expect(error).toBeInstanceOf(InvalidOptionError)
  expect(error).toMatchObject({ option: 'cache' })
  expect((error as InvalidOptionError).allowed).toContain(`a Cache: ${place} has it from`)
})

test('a call without an instance rejects, also when the cache is given', async () => {
  const { shared } = Posts.prototype
  const error = await rejectionOf(shared.call(undefined as never))
  expect(error).toMatchObject({ option: 'this', value: undefined })
  expect((error as Error).message).toContain('shared is a method')
})

test('without a cache nothing is written', async () => {
  const posts = new Posts()
  await rejectionOf(posts.write())
  expect(posts.calls).toBe(0)
})
