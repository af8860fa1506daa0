import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { cached, entriesOf, invalidates } from '../../../src/decorator/index.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { openMemory, thrownBy } from '../cache/harness.js'
import { COMPILERS } from './compilers.js'

const decorators = { cached, invalidates }

describe.each(COMPILERS)('%s', (_, compile) => {
  let compiled: Awaited<ReturnType<typeof compile>>
  let classes: ReturnType<typeof compiled.classesOf>
  let store: ReturnType<typeof openMemory>['cache']
  let cache: typeof store

  beforeAll(async () => {
    compiled = await compile()
  }, 60_000)

  beforeEach(() => {
    store = openMemory().cache
    cache = openMemory().cache
    classes = compiled.classesOf(decorators, store)
  })

  test('keeps what a method returns, by its arguments', async () => {
    const posts = new classes.Posts(cache)
    expect(await posts.find(7)).toEqual({ id: 7, title: 'Post 7' })
    expect(await posts.find(7)).toBe(await posts.find(7))
    expect(await posts.find(8)).toEqual({ id: 8, title: 'Post 8' })
    expect(posts.calls).toEqual(['find 7', 'find 8'])
    expect(await cache.has('post:7')).toBe(true)
  })

  test('takes all arguments without a key', async () => {
    const posts = new classes.Posts(cache)
    expect(await posts.search('a', 2)).toEqual(['a', 2])
    expect(await posts.search('a')).toEqual(['a', 1])
    expect(await posts.search('a', 2)).toEqual(['a', 2])
    expect(posts.calls).toEqual(['search a 2', 'search a undefined'])
  })

  test('keeps what static methods and methods named by a symbol return', async () => {
    const posts = new classes.Posts(cache)
    expect([await posts[compiled.LATEST](3), await posts[compiled.LATEST](3)]).toEqual([3, 3])
    expect(posts.calls).toEqual(['latest 3'])
    const { Posts } = classes
    expect([await Posts.count('abc'), await Posts.count('abc')]).toEqual([3, 3])
    expect(Posts.calls).toEqual(['count abc'])
    expect(await store.has('count:abc')).toBe(true)
  })

  test('shares between instances with one cache, and with no other', async () => {
    const [one, two] = [new classes.Posts(cache), new classes.Posts(cache)]
    const other = new classes.Posts(openMemory().cache)
    for (const posts of [one, two, other]) await posts.find(7)
    expect([one.calls, two.calls, other.calls]).toEqual([['find 7'], [], ['find 7']])
  })

  test('invalidates after a method, which gives its own result', async () => {
    const posts = new classes.Posts(cache)
    await posts.find(7)
    await posts.find(8)
    expect(await posts.update(7, 'New')).toBe('New')
    await posts.find(7)
    await posts.find(8)
    expect(posts.calls).toEqual(['find 7', 'find 8', 'update 7 New', 'find 7'])
  })

  test('does what each of two decorators says', async () => {
    const posts = new classes.Posts(cache)
    await posts.search('a')
    await store.set('k', 1, { tags: ['count'] })
    expect(await posts.create()).toBe(1)
    expect(await store.get('k')).toBeUndefined()
    await posts.search('a')
    expect(posts.calls).toEqual(['search a undefined', 'create', 'search a undefined'])
  })

  test('keeps an overriding method and, by super, the overridden one', async () => {
    const drafts = new classes.Drafts(cache)
    expect(await drafts.find(7)).toEqual({ id: 7, title: 'Draft of Post 7' })
    await drafts.find(7)
    expect(drafts.calls).toEqual(['find 7'])
    expect([await cache.has('post:7'), await cache.has('draft:7')]).toEqual([true, true])
    await drafts.update(7, 'New')
    expect([await cache.has('post:7'), await cache.has('draft:7')]).toEqual([false, true])
  })

  test('leaves name and length of the method', () => {
    const { find, search } = classes.Posts.prototype
    expect([find.name, find.length, search.name, search.length]).toEqual(['find', 1, 'search', 2])
    expect(Object.keys(classes.Posts.prototype)).toEqual([])
  })

  test('gives the entries of a method', async () => {
    const posts = new classes.Posts(cache)
    await posts.find(7)
    expect(entriesOf(posts, 'find').peek(7)).toEqual({ id: 7, title: 'Post 7' })
    expect(entriesOf(classes.Posts, 'count').key('abc')).toBe('count:abc')
    expect(entriesOf(posts, compiled.LATEST).key(3)).toBe('latest:3')
  })

  test.each(['a getter', 'a setter', 'a field', 'a class'] as const)('refuses %s', async (what) => {
    const error = await thrownBy(() => compiled.misusesOf(decorators)[what]())
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(String(error)).toMatch(
      /@(cached|invalidates): got "(getter|setter|accessor|field|class) (now|Misused)", allowed: on an async method only/,
    )
  })
})
