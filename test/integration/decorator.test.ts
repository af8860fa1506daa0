import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { cached, entriesOf, invalidates } from '../../src/decorator/index.js'
import type { Cache } from '../../src/index.js'
import { Caches, freshNamespace } from '../support/caches.js'
import { gate } from '../support/gate.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'

/** What the instances write to and read from. */
class Database {
  readonly titles = new Map<number, string>()
  reads = 0
  /** What a read waits for. */
  before: Promise<void> | undefined

  async read(id: number) {
    this.reads++
    const title = this.titles.get(id) ?? null
    await this.before
    return title === null ? null : { id, title }
  }
}

class Posts {
  private readonly cache: Cache
  readonly #database: Database

  constructor(cache: Cache, database: Database) {
    this.cache = cache
    this.#database = database
  }

  @cached({ name: 'post', grace: '1h', key: (id: number) => id, tags: (id) => [`post:${id}`] })
  async find(id: number) {
    return await this.#database.read(id)
  }

  @invalidates({ tags: (id: number) => [`post:${id}`] })
  async rename(id: number, title: string) {
    this.#database.titles.set(id, title)
    return id
  }
}

describeRedis('decorated methods of two instances with a cache each', () => {
  const caches = new Caches()
  let server: RedisServer
  let database: Database
  let one: Posts
  let two: Posts

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    database = new Database()
    database.titles.set(7, 'old')
    const namespace = freshNamespace()
    const open = (): Cache => caches.patient(server.url, { namespace })
    ;[one, two] = [new Posts(open(), database), new Posts(open(), database)]
  })
  afterEach(async () => {
    await caches.close()
  })
  afterAll(() => server.close())

  it('share what one of them has loaded', async () => {
    expect(await one.find(7)).toEqual({ id: 7, title: 'old' })
    expect(await two.find(7)).toEqual({ id: 7, title: 'old' })
    expect(database.reads).toBe(1)
    expect(await entriesOf(two, 'find').read(7)).toMatchObject({ outcome: 'hit', tier: 'memory' })
  })

  it('load once when both are asked at the same time', async () => {
    const opened = gate()
    database.before = opened.promise
    const calls = [one, two, one, two].map((posts) => posts.find(7))
    await expect.poll(() => database.reads).toBe(1)
    opened.open()
    expect(await Promise.all(calls)).toEqual(calls.map(() => ({ id: 7, title: 'old' })))
    expect(database.reads).toBe(1)
  })

  it('see what the other one has written', async () => {
    await one.find(7)
    await two.find(7)
    expect(await one.rename(7, 'new')).toBe(7)
    expect(await one.find(7)).toEqual({ id: 7, title: 'new' })
    await expect.poll(() => two.find(7)).toEqual({ id: 7, title: 'new' })
    expect(database.reads).toBe(2)
  })

  it('keep nothing of a load that began before the write of the other one', async () => {
    const opened = gate()
    database.before = opened.promise
    const early = one.find(7)
    await expect.poll(() => database.reads).toBe(1)
    await two.rename(7, 'new')
    opened.open()
    expect(await early).toEqual({ id: 7, title: 'old' })
    expect(await two.find(7)).toEqual({ id: 7, title: 'new' })
    await expect.poll(() => one.find(7)).toEqual({ id: 7, title: 'new' })
  })

  it('make an entry stale for both', async () => {
    await one.find(7)
    database.titles.set(7, 'new')
    expect(await entriesOf(one, 'find').expire(7)).toBe('applied')
    const { outcome, value } = await entriesOf(one, 'find').read(7)
    expect([outcome, value]).toEqual(['stale', { id: 7, title: 'old' }])
    await expect.poll(() => two.find(7)).toEqual({ id: 7, title: 'new' })
  })
})
