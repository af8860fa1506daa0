import { expectTypeOf, test } from 'vitest'
import { createCache, type Cache, type Reading, type WriteResult } from '../../src/index.js'
import { cached, entriesOf, invalidates } from '../../src/decorator/index.js'

// This file is compiled twice: for standard decorators and with experimentalDecorators.

interface Post {
  readonly id: number
  readonly title: string
}

const cache = createCache()
const latest = Symbol('latest')

class Posts {
  private readonly cache: Cache = cache
  protected readonly table: string = 'posts'

  @cached({ name: 'plain' })
  async plain(id: number, lang?: string): Promise<Post> {
    return { id, title: `${lang}${this.cache.stats().namespace}` }
  }

  @cached({
    name: 'by-id',
    ttl: '5m',
    lease: false,
    hardTimeout: false,
    key: (id: number) => id,
    tags: (id) => {
      expectTypeOf(id).toEqualTypeOf<number>()
      return [`post:${id}`]
    },
    resultTags: (post: Post, id) => {
      expectTypeOf(id).toEqualTypeOf<number>()
      return [post.title]
    },
  })
  async byId(id: number, _options?: { readonly draft: boolean }): Promise<Post | null> {
    return { id, title: '' }
  }

  @cached({
    name: (posts: Posts) => posts.table,
    cache: (posts) => {
      expectTypeOf(posts).toEqualTypeOf<Posts>()
      return posts.cache
    },
    key(id: number) {
      expectTypeOf(this).toEqualTypeOf<Posts>()
      return [this.table, id]
    },
  })
  async withInstance(id: number) {
    return id
  }

  @cached({ name: 'tags', key: (id: number) => id, tags: (_id: number, lang: string) => [lang] })
  async tagsOfMore(id: number, lang: string) {
    return [id, lang]
  }

  @cached({ name: 'wide', key: (id: number | string) => id })
  async keyOfMore(id: number) {
    return id
  }

  @cached({ name: 'generic', key: (id: number) => id })
  async generic<T>(id: number, value: T) {
    return { id, value }
  }

  @cached({ name: 'static', cache })
  static async counted(of: string) {
    return of.length
  }

  @cached({ name: 'symbol' })
  async [latest](count: number) {
    return count
  }

  @cached({ name: 'protected' })
  protected async hidden(id: number) {
    return id
  }

  @invalidates({
    tags: (id: number) => [`post:${id}`],
    keys(this: Posts, id) {
      expectTypeOf(id).toEqualTypeOf<number>()
      return [entriesOf(this, this.hidden).key(id)]
    },
    resultTags: (post: Post) => [post.title],
    soft: true,
    when: 'always',
    cache,
  })
  async update(id: number, patch: Partial<Post>): Promise<Post> {
    return { id, title: '', ...patch }
  }

  async forget(id: number) {
    expectTypeOf(entriesOf(this, 'plain').peek(id)).toEqualTypeOf<Post | undefined>()
    await entriesOf(this, this.hidden).delete(id)
  }

  // @ts-expect-error returns no promise
  @cached({ name: 'a' })
  synchronous(id: number) {
    return id
  }

  // @ts-expect-error returns no promise
  @invalidates({ tags: ['a'] })
  written(id: number) {
    return id
  }

  // @ts-expect-error key takes a string
  @cached({ name: 'a', key: (id: string) => id })
  async otherKey(id: number) {
    return id
  }

  // @ts-expect-error key takes two arguments
  @cached({ name: 'a', key: (id: number, lang: string) => [id, lang] })
  async longerKey(id: number) {
    return id
  }

  // @ts-expect-error id may be left out
  @cached({ name: 'a', key: (id: number) => id })
  async optional(id?: number) {
    return id
  }

  // @ts-expect-error tags take a string
  @cached({ name: 'a', tags: (id: string) => [id] })
  async otherTags(id: number) {
    return id
  }

  // @ts-expect-error resultTags take a string
  @cached({ name: 'a', resultTags: (title: string) => [title] })
  async otherResult(id: number) {
    return id
  }

  // @ts-expect-error keys take a string
  @invalidates({ tags: (id: number) => [`${id}`], keys: (id: string) => [id] })
  async otherKeys(id: number) {
    return id
  }

  @cached({
    name: 'a',
    // @ts-expect-error a Date is no key
    key: (at: Date) => at,
  })
  async at(at: Date) {
    return at
  }

  // @ts-expect-error no such option
  @cached({ name: 'a', tag: 'b' })
  async unknown() {
    return 1
  }

  // @ts-expect-error there is no before
  @invalidates({ tags: ['a'], when: 'before' })
  async before() {
    return 1
  }
}

class Users {
  // @ts-expect-error this is another class
  @cached({ name: 'a', cache: (posts: Posts) => posts[latest] && cache })
  async find(id: number) {
    return id
  }
}

const posts = new Posts()

test('a decorated method has the types it had', () => {
  expectTypeOf(posts.plain).toEqualTypeOf<(id: number, lang?: string) => Promise<Post>>()
  expectTypeOf(posts.byId(1)).toEqualTypeOf<Promise<Post | null>>()
  expectTypeOf(posts.generic(1, 'a')).toEqualTypeOf<Promise<{ id: number; value: string }>>()
  expectTypeOf(posts.update(1, {})).toEqualTypeOf<Promise<Post>>()
  expectTypeOf(new Users().find(1)).toEqualTypeOf<Promise<number>>()
})

test('entries are typed as the method is', () => {
  const entries = entriesOf(posts, 'plain')
  expectTypeOf(entries.key).parameters.toExtend<[id: number, lang?: string | undefined]>()
  expectTypeOf(entries.read(1)).toEqualTypeOf<Promise<Reading<Post>>>()
  expectTypeOf(entries.peek(1, 'de')).toEqualTypeOf<Post | undefined>()
  expectTypeOf(entries.delete(1)).toEqualTypeOf<Promise<WriteResult>>()
  expectTypeOf(entries.revalidate(1)).toEqualTypeOf<Promise<Post>>()
  void entries.set([1, 'de'], { id: 1, title: '' }, { ttl: '1m' })
  // @ts-expect-error another argument
  void entries.delete('1')
  // @ts-expect-error another value
  void entries.set([1], { id: 1 })
  // @ts-expect-error no such method
  entriesOf(posts, 'none')
  // @ts-expect-error no async method
  entriesOf(posts, 'synchronous')
  expectTypeOf(entriesOf(Posts, 'counted').key('a')).toEqualTypeOf<string>()
  expectTypeOf(entriesOf(posts, latest).peek(1)).toEqualTypeOf<number | undefined>()
  expectTypeOf(entriesOf(posts, posts.byId).peek(1)).toEqualTypeOf<Post | null | undefined>()
})
