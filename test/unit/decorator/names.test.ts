import { expect, test } from 'vitest'
import { cached } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import type { Cache } from '../../../src/index.js'
import { openMemory, rejectionOf } from '../cache/harness.js'

class WithCache {
  readonly cache: Cache
  constructor(cache: Cache) {
    this.cache = cache
  }
}

class Posts extends WithCache {
  @cached({ name: 'post' })
  async find(id: number) {
    return `post ${id} of ${this.constructor.name}`
  }

  @cached({ name: 'post' })
  async load(id: number) {
    return `loaded ${id}`
  }
}

test('a name that another method has taken is refused, and the method named', async () => {
  const posts = new Posts(openMemory().cache)
  await posts.find(7)
  const error = await rejectionOf(posts.load(7))
  expect(error).toBeInstanceOf(InvalidOptionError)
  expect(error).toMatchObject({ option: 'name', value: 'post' })
  expect((error as Error).message).toContain('Posts.load')
  expect(await posts.find(7)).toBe('post 7 of Posts')
})

test('a name that a definition has taken is refused', async () => {
  const { cache } = openMemory()
  cache.define('post', { key: (id: number) => id, load: () => 1 })
  expect(await rejectionOf(new Posts(cache).find(7))).toBeInstanceOf(InvalidOptionError)
})

test('instances share, also when each has made its own object of a namespace', async () => {
  const { cache } = openMemory()
  const [one, two] = [1, 2].map(() => new Posts(cache.namespace('blog')))
  expect(await one?.find(7)).toBe('post 7 of Posts')
  expect(await two?.find(7)).toBe('post 7 of Posts')
  expect(cache.namespace('blog').stats().memory.entries).toBe(1)
})

test('namespaces have names of their own', async () => {
  const { cache } = openMemory()
  await new Posts(cache).find(7)
  expect(await new Posts(cache.namespace('child')).load(7)).toBe('loaded 7')
})

test('a method that two classes inherit is refused to the second one', async () => {
  class News extends Posts {}
  const { cache } = openMemory()
  for (const own of [cache, cache.namespace('blog'), cache.namespace('blog')]) {
    expect(await new Posts(own).find(7)).toBe('post 7 of Posts')
  }
  for (const own of [cache, cache.namespace('blog')]) {
    const error = await rejectionOf(new News(own).find(7))
    expect(error).toMatchObject({ option: 'name', value: 'post' })
    expect((error as Error).message).toMatch(/News\.find.*function of the instance/)
  }
  expect(await new News(openMemory().cache).find(7)).toBe('post 7 of News')
})

test('a name that is a function of the instance keeps the classes apart, or together', async () => {
  class Rows extends WithCache {
    readonly table: string = 'rows'
    @cached({ name: (rows: Rows) => rows.table })
    async find(id: number) {
      return `${this.table} ${id}`
    }
    @cached({ name: () => 'one' })
    async count() {
      return this.table
    }
  }
  class Users extends Rows {
    override readonly table = 'users'
  }
  class Orders extends Rows {
    override readonly table = 'orders'
  }
  const { cache } = openMemory()
  const [users, orders] = [new Users(cache), new Orders(cache)]
  expect([await users.find(7), await orders.find(7)]).toEqual(['users 7', 'orders 7'])
  expect([await users.find(7), await orders.find(7)]).toEqual(['users 7', 'orders 7'])
  expect([await users.count(), await orders.count()]).toEqual(['users', 'users'])
})

test('a function that gives no name rejects, and the method is named', async () => {
  class Rows extends WithCache {
    @cached({ name: () => 'a:b' })
    async find() {
      return 1
    }
  }
  const error = await rejectionOf(new Rows(openMemory().cache).find())
  expect(error).toMatchObject({ option: 'name', value: 'a:b' })
  expect((error as Error).message).toContain('Rows.find')
})

test('an object without a class has its methods kept too', async () => {
  const { cache } = openMemory()
  const { load } = Posts.prototype
  const bare = Object.assign(Object.create(null) as Posts, { cache, load })
  expect([await bare.load(7), await bare.load(7)]).toEqual(['loaded 7', 'loaded 7'])
})
