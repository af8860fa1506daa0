import { describe, expect, test, vi } from 'vitest'
import { cached, type CachedOptions } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, openMemory, rejectionOf, thrownBy } from '../cache/harness.js'

class Counter {
  readonly cache: Cache
  readonly runs: unknown[][] = []
  next: unknown = 'value'

  constructor(cache: Cache) {
    this.cache = cache
  }

  protected async run(...args: unknown[]): Promise<unknown> {
    this.runs.push(args)
    if (this.next instanceof Error) throw this.next
    return this.next
  }
}

describe('@cached', () => {
  test('passes its policy on: ttl, grace, negativeTtl', async () => {
    class Rates extends Counter {
      @cached({ name: 'rate', ttl: '1m', grace: '1h', negativeTtl: '10s' })
      async of(currency: string) {
        return await this.run(currency)
      }
    }
    const { cache, clock } = openMemory()
    const rates = new Rates(cache)
    await rates.of('eur')
    clock.advance(60_001)
    rates.next = 'newer'
    expect(await rates.of('eur')).toBe('value')
    await settle()
    expect(await rates.of('eur')).toBe('newer')
    rates.next = null
    expect(await rates.of('usd')).toBeNull()
    clock.advance(9_999)
    expect([await rates.of('usd'), rates.runs.length]).toEqual([null, 3])
    clock.advance(2)
    await rates.of('usd')
    expect(rates.runs.length).toBe(4)
  })

  test('passes its policy on: tiers, version and schema', async () => {
    const validate = vi.fn((value: unknown) => (value === 'value' ? {} : { issues: ['other'] }))
    const schema = { '~standard': { version: 1, validate } } as const
    class Secrets extends Counter {
      @cached({ name: 'secret', tiers: 'memory' })
      async secret() {
        return await this.run('secret')
      }
      @cached({ name: 'plain', version: 2, schema })
      async plain() {
        return await this.run('plain')
      }
    }
    const both = openBoth()
    await new Secrets(both.cache).secret()
    await new Secrets(both.cache).plain()
    const beside = openBeside(both).cache
    expect([await beside.has('secret:()'), await beside.has('plain@2:()')]).toEqual([false, true])
    expect(validate).not.toHaveBeenCalled()
    await beside.set('plain@2:()', 'strange')
    const other = new Secrets(openBeside(both).cache)
    expect(await other.plain()).toBe('value')
    expect([other.runs.length, validate.mock.calls.length]).toEqual([1, 1])
  })

  test('runs the method once for all who wait, and gives them its own error', async () => {
    class Posts extends Counter {
      @cached({ name: 'post' })
      async find(id: number) {
        return await this.run(id)
      }
    }
    const { cache } = openMemory()
    const posts = new Posts(cache)
    posts.next = new TypeError('no database')
    const errors = await Promise.all([1, 1, 1].map((id) => rejectionOf(posts.find(id))))
    expect(errors.map((error) => error === posts.next)).toEqual([true, true, true])
    expect(posts.runs).toEqual([[1]])
    posts.next = 'value'
    expect(await posts.find(1)).toBe('value')
  })

  test('is given all arguments and its own this, and undefined is not kept', async () => {
    class Posts extends Counter {
      @cached({ name: 'post', key: (id: number) => id })
      async find(id: number, ...more: unknown[]) {
        return await this.run(id, ...more)
      }
    }
    const posts = new Posts(openMemory().cache)
    posts.next = undefined
    const options = { fields: ['title'] }
    await posts.find(1, options, undefined)
    await posts.find(1)
    expect(posts.runs).toEqual([[1, options, undefined], [1]])
    expect(posts.runs[0]?.[1]).toBe(options)
  })

  test('tags by the arguments, by the instance and by the result', async () => {
    class Posts extends Counter {
      readonly table = 'posts'
      @cached({
        name: 'post',
        tags(this: Posts, id: number) {
          return [`${this.table}:${id}`]
        },
        resultTags: (post: { author: number } | number, id) => [
          `author:${typeof post === 'number' ? id : post.author}`,
        ],
      })
      async find(_id: number) {
        return (await this.run()) as { author: number }
      }
    }
    const { cache } = openMemory()
    const posts = new Posts(cache)
    posts.next = { author: 3 }
    const runsAfter = async (tag: string): Promise<number> => {
      await cache.invalidateTags(tag)
      await posts.find(7)
      return posts.runs.length
    }
    expect(await runsAfter('none')).toBe(1)
    expect(await runsAfter('author:4')).toBe(1)
    expect(await runsAfter('author:3')).toBe(2)
    expect(await runsAfter('posts:7')).toBe(3)
    posts.next = null
    await cache.clear()
    expect(await posts.find(7)).toBeNull()
  })

  test('works on #private methods, also when called from within', async () => {
    class Posts extends Counter {
      @cached({ name: 'post' })
      async #find(id: number) {
        return await this.run(id)
      }
      async twice(id: number) {
        return [await this.#find(id), await this.#find(id)]
      }
    }
    const posts = new Posts(openMemory().cache)
    expect(await posts.twice(7)).toEqual(['value', 'value'])
    expect(posts.runs).toEqual([[7]])
  })

  test('calls the method uncached once the cache is closed', async () => {
    class Posts extends Counter {
      @cached({ name: 'post' })
      async find(id: number) {
        return await this.run(id)
      }
    }
    const { cache } = openMemory()
    const posts = new Posts(cache)
    await posts.find(7)
    await cache.close()
    expect(await posts.find(7)).toBe('value')
    expect(await new Posts(cache).find(7)).toBe('value')
    expect(posts.runs.length).toBe(2)
  })
})

describe('the options of @cached', () => {
  test.each([
    ['no object', 'name', 'cached'],
    ['an unknown name', { name: 'a', max: 5 }, 'max'],
    ['neither a name nor a policy', {}, 'cached.ttl'],
    ['a name with a colon', { name: 'a:b' }, 'name'],
    ['a version of another kind', { name: 'a', version: 'a b' }, 'version'],
    ['a key that is no function', { name: 'a', key: 'id' }, 'key'],
    ['tags that are no array', { name: 'a', tags: 'post' }, 'tags'],
    ['an empty tag', { name: 'a', tags: [''] }, 'tags'],
    ['resultTags that are no function', { name: 'a', resultTags: ['a'] }, 'resultTags'],
    ['a ttl without a unit', { name: 'a', ttl: '5' }, 'ttl'],
    ['a grace without end', { name: 'a', grace: Infinity }, 'grace'],
    ['another tier', { name: 'a', tiers: 'redis' }, 'tiers'],
    ['a schema of another kind', { name: 'a', schema: {} }, 'schema'],
    ['a cache that is none', { name: 'a', cache: new Map() }, 'cache'],
    ['a loader', { name: 'a', load: () => 1 }, 'load'],
    ['the signal of one call', { name: 'a', signal: new AbortController().signal }, 'signal'],
  ])('are refused where they are written: %s', (_, options, option) => {
    const error = thrownBy(() => cached(options as never))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option })
  })

  test('are not changed, nor read again', async () => {
    const tags = ['a']
    const options = { name: 'post', ttl: '1m', tags }
    const decorate = cached(options as CachedOptions<unknown, [], [], unknown>)
    options.ttl = 'nonsense'
    tags[0] = 'b'
    class Posts extends Counter {
      @decorate
      async find() {
        return await this.run()
      }
    }
    const { cache } = openMemory()
    const posts = new Posts(cache)
    await posts.find()
    await cache.invalidateTags('b')
    await posts.find()
    expect(posts.runs.length).toBe(1)
  })
})
