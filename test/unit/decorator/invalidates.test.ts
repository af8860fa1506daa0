import { describe, expect, test } from 'vitest'
import { cached, entriesOf, invalidates } from '../../../src/decorator/index.js'
import { ClosedError, InvalidOptionError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { deferred, openMemory, rejectionOf, stateOf, thrownBy } from '../cache/harness.js'

class Posts {
  readonly cache: Cache
  readonly table = 'posts'
  calls = 0
  next: unknown = 'done'

  constructor(cache: Cache) {
    this.cache = cache
  }

  async #run(): Promise<unknown> {
    this.calls++
    if (this.next instanceof Error) throw this.next
    return await this.next
  }

  @cached({ name: 'post' })
  async find(id: number) {
    return { id }
  }

  @invalidates({ tags: (id: number) => [`post:${id}`], keys: ['popular'] })
  async update(_id: number, _title?: string) {
    return await this.#run()
  }

  @invalidates({ tags: ['a'], keys: ['k'], soft: true })
  async touch() {
    return await this.#run()
  }

  @invalidates({ tags: ['a'], keys: ['k'], when: 'always' })
  async attempt() {
    return await this.#run()
  }

  @invalidates({
    tags(this: Posts) {
      return [this.table]
    },
    keys(this: Posts, id: number) {
      return [entriesOf(this, 'find').key(id)]
    },
  })
  async remove(_id: number) {
    return await this.#run()
  }

  @invalidates({ tags: ['a'], resultTags: (post: unknown, id: number) => tagsOf(post, id) })
  async move(_id: number) {
    return await this.#run()
  }

  @invalidates({ tags: () => 'a' as never })
  async wrong() {
    return await this.#run()
  }
}

function tagsOf(post: unknown, id: number): string[] {
  if (post === 'unknown') throw new RangeError('no author')
  return [`author:${(post as { author: number }).author}:${id}`]
}

function open(): { cache: Cache; posts: Posts } {
  const { cache } = openMemory()
  return { cache, posts: new Posts(cache) }
}

/** Those of the entries that are still there, all with the tag of their key. */
async function kept(cache: Cache, run: () => Promise<unknown>, keys: string[]): Promise<string[]> {
  for (const key of keys) await cache.set(key, 1, { tags: [key], grace: '1h' })
  await run()
  const left = await Promise.all(keys.map((key) => cache.has(key)))
  return keys.filter((_, at) => left[at])
}

describe('@invalidates', () => {
  test('invalidates tags and deletes keys', async () => {
    const { cache, posts } = open()
    const run = () => posts.update(7, 'New')
    expect(await kept(cache, run, ['post:7', 'post:8', 'popular'])).toEqual(['post:8'])
  })

  test('waits for the method, and begins no earlier', async () => {
    const { cache, posts } = open()
    const write = deferred()
    posts.next = write.promise
    await cache.set('popular', 1)
    const call = posts.update(7)
    expect([await stateOf(call), await cache.has('popular')]).toEqual(['pending', true])
    write.resolve('written')
    expect([await call, await cache.has('popular')]).toEqual(['written', false])
  })

  test('does nothing when the method fails, and gives its error', async () => {
    const { cache, posts } = open()
    const error = (posts.next = new Error('no database'))
    const run = async () => expect(await rejectionOf(posts.update(7))).toBe(error)
    expect(await kept(cache, run, ['post:7', 'popular'])).toEqual(['post:7', 'popular'])
  })

  test("with when 'always' invalidates also then, and gives the same error", async () => {
    const { cache, posts } = open()
    const error = (posts.next = new Error('timeout'))
    const run = async () => expect(await rejectionOf(posts.attempt())).toBe(error)
    expect(await kept(cache, run, ['a', 'k', 'b'])).toEqual(['b'])
    posts.next = 'done'
    expect(await kept(cache, () => posts.attempt(), ['a', 'k', 'b'])).toEqual(['b'])
    await cache.close()
    posts.next = error
    expect(await rejectionOf(posts.attempt())).toBe(error)
  })

  test('with soft makes entries stale', async () => {
    const { cache, posts } = open()
    await kept(cache, () => posts.touch(), ['a', 'k', 'b'])
    const outcomes = ['a', 'k', 'b'].map(async (key) => {
      const { value, outcome } = await cache.read(key, () => 2, { grace: '1h' })
      return [value, outcome]
    })
    expect(await Promise.all(outcomes)).toEqual([
      [1, 'stale'],
      [1, 'stale'],
      [1, 'hit'],
    ])
  })

  test('gives its functions the instance, so that a cached method can be named', async () => {
    const { cache, posts } = open()
    await posts.find(7)
    await posts.find(8)
    expect(await kept(cache, () => posts.remove(7), ['posts'])).toEqual([])
    expect([await cache.has('post:7'), await cache.has('post:8')]).toEqual([false, true])
  })

  test('takes tags of the result, but not of nothing', async () => {
    const { cache, posts } = open()
    posts.next = { author: 3 }
    const keys = ['a', 'author:3:7', 'author:4:7']
    expect(await kept(cache, () => posts.move(7), keys)).toEqual(['author:4:7'])
    for (posts.next of [null, undefined]) {
      expect(await kept(cache, () => posts.move(7), ['a', 'b'])).toEqual(['b'])
    }
  })

  test('invalidates the rest when the tags of the result cannot be had', async () => {
    const { cache, posts } = open()
    posts.next = 'unknown'
    const run = async () => expect(await rejectionOf(posts.move(7))).toBeInstanceOf(RangeError)
    expect(await kept(cache, run, ['a', 'b'])).toEqual(['b'])
  })

  test('rejects before the method runs when a function gives no strings', async () => {
    const { posts } = open()
    const error = await rejectionOf(posts.wrong())
    expect(error).toMatchObject({ option: 'tags', value: 'a' })
    expect((error as Error).message).toContain('Posts.wrong')
    expect(posts.calls).toBe(0)
  })

  test('rejects when the cache is closed, after the method has run', async () => {
    const { cache, posts } = open()
    await cache.close()
    expect(await rejectionOf(posts.update(7))).toBeInstanceOf(ClosedError)
    expect(posts.calls).toBe(1)
  })
})

test.each([
  ['no object', undefined, 'options'],
  ['nothing to invalidate', {}, 'tags'],
  ['an unknown name', { tags: ['a'], key: 'a' }, 'key'],
  ['tags that are no array', { tags: 'a' }, 'tags'],
  ['keys that are no strings', { keys: [7] }, 'keys'],
  ['resultTags that are no function', { resultTags: ['a'] }, 'resultTags'],
  ['soft that is no flag', { tags: ['a'], soft: 1 }, 'soft'],
  ['before', { tags: ['a'], when: 'before' }, 'when'],
  ['a cache that is none', { tags: ['a'], cache: {} }, 'cache'],
])('the options of @invalidates are refused where they are written: %s', (_, options, option) => {
  const error = thrownBy(() => invalidates(options as never))
  expect(error).toBeInstanceOf(InvalidOptionError)
  expect(error).toMatchObject({ option })
})
