import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache, StandardSchema } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad } from '../../support/caches.js'
import { gate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('invalidations through Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    await caches.close()
  })
  afterAll(() => server.close())

  const open = (options: Parameters<Caches['patient']>[1] = {}): Cache =>
    caches.patient(server.url, { namespace, ...options })

  it('makes what carries a tag unusable for every cache', async () => {
    const cache = open()
    await cache.set('both', 1, { tags: ['a', 'b'], grace: '1m' })
    await cache.set('a', 1, { tags: ['a'], grace: '1m' })
    await cache.set('none', 1)
    expect(await open().invalidateTags(['b', 'unheard of'])).toBe('applied')
    const other = open()
    expect(await other.read('both', () => 2)).toMatchObject({ value: 2, outcome: 'miss' })
    expect(await other.get('a', noLoad)).toBe(1)
    expect(await other.get('none', noLoad)).toBe(1)
  })

  it('makes what carries a tag stale for every cache, when soft', async () => {
    await open().set('k', 1, { tags: ['a'], grace: '1m' })
    expect(await open().invalidateTags('a', { soft: true })).toBe('applied')
    const other = open()
    expect(await other.get('k')).toBeUndefined()
    const reading = await other.read('k', () => 2, { tags: ['a'], grace: '1m' })
    expect(reading).toMatchObject({ value: 1, outcome: 'stale', tier: 'redis' })
    await expect.poll(() => open().get('k')).toBe(2)
  })

  it('counts a tag named by the loader like one named by the caller', async () => {
    const cache = open()
    await cache.get('k', (context) => {
      context.tag('late')
      return 1
    })
    expect(await open().read('k')).toMatchObject({ value: 1, tags: ['late'] })
    await open().invalidateTags('late')
    expect(await open().get('k')).toBeUndefined()
  })

  it('clears the namespace for every cache', async () => {
    const cache = open()
    await cache.set('a', 1, { grace: '1m' })
    await cache.set('b', 1, { tags: ['t'], grace: '1m' })
    expect(await open().clear()).toBe('applied')
    const other = open()
    expect(await other.read('a', () => 2)).toMatchObject({ value: 2, outcome: 'miss' })
    expect(await other.get('b')).toBeUndefined()
    expect(await other.set('c', 3)).toBe('applied')
    expect(await open().get('c')).toBe(3)
  })

  it.each([
    ['the key of the tag', () => server.cli('DEL', `s1:${namespace}:t:{t}`)],
    ['the key of the namespace', () => server.cli('DEL', `s1:${namespace}:v`)],
    ['everything', () => server.cli('FLUSHALL')],
  ])('resurrects nothing when Redis loses %s', async (_, lose) => {
    await open().set('k', 'old', { tags: ['t'], grace: '1m' })
    await lose()
    const other = open()
    expect(await other.get('k')).toBeUndefined()
    expect(await other.read('k', () => 'new', { tags: ['t'] })).toMatchObject({
      value: 'new',
      outcome: 'miss',
    })
    expect(await open().get('k', noLoad)).toBe('new')
  })

  it('resurrects nothing when the key of an invalidated tag is evicted and made anew', async () => {
    const cache = open()
    await cache.set('k', 'old', { tags: ['t'] })
    await cache.invalidateTags('t')
    await server.cli('DEL', `s1:${namespace}:t:{t}`)
    await cache.set('other', 1, { tags: ['t'] })
    expect(await open().get('k')).toBeUndefined()
    expect(await open().get('other')).toBe(1)
  })

  it('keeps the key of a tag at least as long as what is filed under it', async () => {
    const cache = open()
    await cache.set('short', 1, { ttl: '1s', tags: ['t'] })
    await cache.set('long', 1, { ttl: '1h', tags: ['t'] })
    await cache.set('short', 1, { ttl: '1s', tags: ['t'] })
    for (const key of [`s1:${namespace}:t:{t}`, `s1:${namespace}:v`]) {
      expect(Number(await server.cli('PTTL', key))).toBeGreaterThan(3_590_000)
    }
  })

  it('stores no value whose load a delete has overtaken', async () => {
    const cache = open()
    const held = new HeldLoad()
    const loading = cache.read('k', held.load)
    await held.begun
    expect(await cache.delete('k')).toBe('applied')
    held.end('old')
    expect(await loading).toMatchObject({ value: 'old', revoked: true })
    expect(await cache.get('k')).toBeUndefined()
    expect(await open().get('k')).toBeUndefined()
    expect(cache.stats().revoked).toBe(1)
  })

  it.each([
    ['invalidateTags', (cache: Cache) => cache.invalidateTags('t')],
    ['a soft invalidateTags', (cache: Cache) => cache.invalidateTags('t', { soft: true })],
    ['clear', (cache: Cache) => cache.clear()],
    ['expire', (cache: Cache) => cache.expire('k')],
    ['set', (cache: Cache) => cache.set('k', 'new')],
  ])('gives nobody a value as fresh whose load %s has overtaken', async (_, invalidate) => {
    const cache = open()
    const held = new HeldLoad()
    const loading = cache.get('k', held.load, { tags: ['t'], grace: '1m' })
    await held.begun
    await invalidate(cache)
    held.end('old')
    await loading
    expect(await cache.get('k')).not.toBe('old')
    expect(await open().get('k')).not.toBe('old')
  })

  it('stores in Redis nothing by a load of another cache that invalidateTags has overtaken', async () => {
    const held = new HeldLoad()
    const loading = open().get('k', held.load, { tags: ['t'] })
    await held.begun
    expect(await open().invalidateTags('t')).toBe('applied')
    held.end('old')
    await loading
    expect(await open().get('k')).toBeUndefined()
  })

  it('stores in Redis nothing by a load of another cache that clear has overtaken', async () => {
    const held = new HeldLoad()
    const loading = open().get('k', held.load)
    await held.begun
    expect(await open().clear()).toBe('applied')
    held.end('old')
    await loading
    expect(await open().get('k')).toBeUndefined()
  })

  it('stores no value that a delete has overtaken while it was being compressed', async () => {
    const cache = open({ codec: { compression: { minBytes: 1, quality: 11 } } })
    await cache.set('warm', 'x')
    const old = slowToCompress()
    const loaded = gate()
    const loading = cache.get('k', () => {
      loaded.open()
      return old
    })
    await loaded.promise
    await new Promise((resolve) => setImmediate(resolve))
    expect(await cache.delete('k')).toBe('applied')
    await loading
    expect((await cache.get<string>('k'))?.length, 'the same cache').toBeUndefined()
    expect((await open().get<string>('k'))?.length, 'another cache').toBeUndefined()
  })

  it('keeps the later of two sets although the earlier takes longer to compress', async () => {
    const cache = open({ codec: { compression: { minBytes: 100, quality: 11 } } })
    await cache.set('warm', 'x')
    const earlier = cache.set('k', slowToCompress())
    await sleep(100)
    expect(await cache.set('k', 'new')).toBe('applied')
    await earlier
    expect((await cache.get<string>('k')) ?? 'new', 'the same cache').toHaveLength(3)
    expect((await open().get<string>('k')) ?? 'new', 'another cache').toHaveLength(3)
  })

  it('stores no value that a delete has overtaken while the tags of its loader were looked up', async () => {
    const cache = open()
    await cache.set('warm', 'x', { tags: ['late'] })
    let deleting: Promise<unknown> | undefined
    const loading = cache.get('k', async (context) => {
      context.tag('late')
      // after the value has been taken for storing, in the same turn as the question for its late tag
      void (async () => {
        for (let i = 0; i < 200; i++) await Promise.resolve()
        deleting = cache.delete('k')
      })()
      return 'old'
    })
    await loading
    expect(await deleting).toBe('applied')
    expect(await cache.get('k'), 'the same cache').toBeUndefined()
    expect(await open().get('k'), 'another cache').toBeUndefined()
  })

  /** Accepts everything, but lets what came from Redis wait. */
  function slowSchema(checked: Promise<unknown>, begun?: () => void): StandardSchema {
    return {
      '~standard': {
        version: 1,
        validate: async () => {
          begun?.()
          await checked
          return {}
        },
      },
    }
  }

  it('keeps what was set over an older value that was read meanwhile and takes long to check', async () => {
    const held = gate()
    const definition = { key: (id: number) => id, load: () => 'loaded' }
    await open().define('row', definition).set(7, 'old')
    const cache = open()
    await cache.set('warm', 1)
    const row = cache.define('row', { ...definition, schema: slowSchema(held.promise) })
    const setting = row.set(7, 'new')
    const reading = row(7) // asks Redis before the new value gets there
    expect(await setting).toBe('applied')
    held.open()
    await reading
    expect(await row(7)).toBe('new')
    expect(row.peek(7)).toBe('new')
  })

  it('keeps what was set over an older value whose tags were looked up meanwhile', async () => {
    const [cache, other] = [open(), open()]
    await cache.set('warm', 1, { tags: ['t'] })
    for (let i = 0; i < 300; i++) {
      await other.set('k', 'old', { tags: ['t'] })
      const setting = cache.set('k', 'new', { tags: ['t'] })
      const reading = cache.get('k') // asks for the record, then for its tags
      expect(await setting).toBe('applied')
      await reading
      expect(await cache.get('k'), `round ${i}`).toBe('new')
      await cache.delete('k')
    }
  })

  it('keeps what force brought over an older value that was read meanwhile and takes long to check', async () => {
    const held = gate()
    const definition = { key: (id: number) => id, load: () => 'new' }
    await open().define('row', definition).set(7, 'old')
    const cache = open()
    await cache.set('warm', 1)
    const row = cache.define('row', { ...definition, schema: slowSchema(held.promise) })
    const forcing = row.revalidate(7)
    const reading = row(7)
    expect(await forcing).toBe('new')
    held.open()
    await reading
    expect(await row(7)).toBe('new')
  })

  it.each([
    ['delete', (cache: Cache, key: string) => cache.delete(key)],
    ['expire', (cache: Cache, key: string) => cache.expire(key)],
    ['invalidateTags', (cache: Cache) => cache.invalidateTags('t')],
    ['clear', (cache: Cache) => cache.clear()],
  ])(
    'lets no read that %s has overtaken bring an older value into memory',
    async (_, invalidate) => {
      const held = gate()
      const definition = { key: (id: number) => id, load: () => 'new', tags: ['t'] }
      await open().define('row', definition).set(7, 'old')
      const cache = open()
      const checking = gate()
      const schema = slowSchema(held.promise, () => checking.open())
      const row = cache.define('row', { ...definition, schema })
      const reading = row(7)
      await checking.promise
      expect(await invalidate(cache, row.key(7))).toBe('applied')
      held.open()
      await reading
      expect(row.peek(7)).not.toBe('old')
      const { value, outcome } = await row.read(7)
      expect(outcome === 'hit' && value === 'old').toBe(false)
    },
  )
})

/** A load that lasts until it is ended. */
class HeldLoad {
  readonly #begun = gate()
  readonly #value = gate<string>()

  get begun(): Promise<void> {
    return this.#begun.promise
  }

  readonly load = (): Promise<string> => {
    this.#begun.open()
    return this.#value.promise
  }

  end(value: string): void {
    this.#value.open(value)
  }
}

/** Takes brotli a second or so at its highest quality. */
function slowToCompress(): string {
  return Array.from({ length: 300_000 }, (_, i) => (i * 2_654_435_761) % 97).join(' ')
}
