import { createCache as createManager } from 'cache-manager'
import { Keyv } from 'keyv'
import { Keyv as Keyv6 } from 'keyv6'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createKeyvStore } from '../../../src/compat/keyv.js'
import { type Cache, ClosedError, CodecError, InvalidKeyError } from '../../../src/index.js'
import { createCache } from '../../../src/create-cache.js'

let cache: Cache

beforeEach(() => {
  cache = createCache({ namespace: 'shop', ttl: '10m', jitter: 0, logger: false })
})
afterEach(() => cache.close())

/** A Keyv over the cache, and what it told of errors. */
function open(options: object = {}) {
  const keyv = new Keyv({ store: createKeyvStore(cache), ...options })
  const errors: unknown[] = []
  keyv.on('error', (error) => errors.push(error))
  return { keyv, errors }
}

async function minutesLeft(space: Cache, key: string): Promise<number> {
  const { freshUntil = 0 } = await space.read(key)
  return Math.round((freshUntil - Date.now()) / 60_000)
}

describe('where values are', () => {
  test('Keyv 5: in the child of its namespace, under the key with its prefix', async () => {
    await open().keyv.set('k', 1)
    await open({ namespace: 'sessions' }).keyv.set('k', 2)
    expect(await cache.namespace('keyv').get('keyv:k')).toContain('1')
    expect(await cache.namespace('sessions').get('sessions:k')).toContain('2')
    expect(await cache.get('keyv:k')).toBeUndefined()
  })

  test('Keyv 6: in the child of its namespace, under the key as it is', async () => {
    await new Keyv6({ store: createKeyvStore(cache) }).set('k', 1)
    await new Keyv6({ store: createKeyvStore(cache), namespace: 'user:1' }).set('k', 2)
    const other = new Keyv6({ store: createKeyvStore(cache), namespace: 'user:2' })
    expect(await cache.namespace('keyv').get('k')).toContain('1')
    expect([await other.get('k'), await other.has('k')]).toEqual([undefined, false])
  })

  test('clear ends what is in the namespace of Keyv, and nothing of the cache itself', async () => {
    const { keyv } = open()
    await cache.set('keyv:k', 'of the cache')
    await keyv.set('k', 1)
    await keyv.clear()
    expect(await keyv.get('k')).toBeUndefined()
    expect(await cache.get('keyv:k')).toBe('of the cache')
  })

  test('a namespace that is changed is another from then on', async () => {
    const { keyv } = open({ namespace: 'a' })
    await keyv.set('k', 1)
    keyv.namespace = 'b'
    expect(await keyv.get('k')).toBeUndefined()
    keyv.namespace = 'a'
    expect(await keyv.get('k')).toBe(1)
  })

  test('a cache whose name leaves no room says so', () => {
    const long = createCache({ namespace: 'x'.repeat(60) })
    const store = createKeyvStore(long)
    expect(() => new Keyv({ store, namespace: 'sessions' })).toThrow(/1-64 characters/)
  })
})

describe('how long', () => {
  test('with a ttl of its own, with that of Keyv, and with that of the cache', async () => {
    const { keyv } = open({ ttl: 120_000 })
    const { keyv: plain } = open({ namespace: 'plain' })
    await keyv.set('own', 1, 60_000)
    await keyv.set('default', 1)
    await plain.set('none', 1)
    await plain.set('zero', 1, 0)
    const space = cache.namespace('keyv')
    expect(await minutesLeft(space, 'keyv:own')).toBe(1)
    expect(await minutesLeft(space, 'keyv:default')).toBe(2)
    expect(await minutesLeft(cache.namespace('plain'), 'plain:none')).toBe(10)
    expect(await minutesLeft(cache.namespace('plain'), 'plain:zero')).toBe(10)
    expect((await plain.getRaw('none'))?.expires).toBeUndefined()
  })

  test('for ever is a year', async () => {
    const { keyv, errors } = open()
    await keyv.set('k', 1, 10 * 365 * 86_400_000)
    expect(await minutesLeft(cache.namespace('keyv'), 'keyv:k')).toBe(365 * 1_440)
    expect(errors).toEqual([])
  })

  test('nothing is kept longer than that: what is stale could not be read', async () => {
    const graced = createCache({ grace: '1h', jitter: 0 })
    await createKeyvStore(graced).set('k', 1, 60_000)
    const { freshUntil, staleUntil } = await graced.namespace('keyv').read('k')
    expect(staleUntil).toBe(freshUntil)
  })

  test('a ttl below 0 has ended, also in a cache with grace', async () => {
    const store = createKeyvStore(createCache({ grace: '1h' }))
    await store.set('k', 1)
    await store.set('k', 2, -1)
    expect(await store.get('k')).toBeUndefined()
  })
})

describe('what is told', () => {
  test('setMany: true for each', async () => {
    const { keyv } = open()
    const list = [
      { key: 'a', value: 1 },
      { key: 'b', value: 2 },
    ]
    expect(await keyv.setMany(list)).toEqual([true, true])
    expect(await keyv.getMany(['b', 'nothing', 'a', 'b'])).toEqual([2, undefined, 1, 2])
    expect(await keyv.hasMany(['b', 'nothing'])).toEqual([true, false])
  })

  test('deleteMany: whether one of them was there', async () => {
    const { keyv } = open()
    await keyv.set('a', 1)
    expect(await keyv.deleteMany(['a', 'nothing'])).toBe(true)
    expect(await keyv.deleteMany(['a', 'nothing'])).toBe(false)
    expect(await keyv.deleteMany([])).toBe(false)
  })

  test('with serialisation off, values are those of the cache: typed, and frozen', async () => {
    const { keyv, errors } = open({ serialize: undefined, deserialize: undefined })
    const value = { at: new Date(0), tags: new Map([['a', 1n]]), none: undefined }
    expect(await keyv.set('k', value)).toBe(true)
    expect(await keyv.get('k')).toEqual(value)
    expect(Object.isFrozen(value)).toBe(true)
    expect(await keyv.set('f', () => 1)).toBe(false)
    expect(errors).toEqual([expect.any(CodecError)])
  })

  test('a key that is none is an error of Keyv, and rejects with throwOnErrors', async () => {
    const long = 'k'.repeat(2_000)
    const { keyv, errors } = open()
    expect(await keyv.set(long, 1)).toBe(false)
    expect(await keyv.get(long)).toBeUndefined()
    expect(await keyv.delete(long)).toBe(false)
    expect(await keyv.set('', 1)).toBe(true) // with its prefix, it is none
    expect(errors).toEqual([expect.any(InvalidKeyError), expect.any(InvalidKeyError)])
    const { keyv: loud } = open({ throwOnErrors: true })
    await expect(loud.set(long, 1)).rejects.toThrow(/limits\.keyBytes/)
    await expect(loud.get(long)).rejects.toThrow(InvalidKeyError)
  })

  test('errors that no caller was given are told to those who listen', async () => {
    const { errors } = open()
    await cache.get('k', () => () => 1)
    expect(errors).toEqual([expect.any(CodecError)])
    expect(createKeyvStore(cache).on('nothing', () => {})).toHaveProperty('get')
  })
})

test.each(['redis://127.0.0.1', undefined, new Map()])('%s is no cache', (value) => {
  expect(() => createKeyvStore(value as never)).toThrow(/a cache made by createCache/)
})

test('ten thousand keys at once', async () => {
  const { keyv } = open()
  const keys = Array.from({ length: 10_000 }, (_, n) => `k${n}`)
  await keyv.setMany(keys.map((key) => ({ key, value: key })))
  expect(await keyv.getMany(keys)).toEqual(keys)
  expect(await keyv.deleteMany(keys)).toBe(true)
  expect(new Set(await keyv.hasMany(keys))).toEqual(new Set([false]))
})

test('cache-manager itself works over it', async () => {
  const manager = createManager({ stores: [open().keyv], ttl: 60_000 })
  expect([await manager.wrap('k', () => 1), await manager.wrap('k', () => 2)]).toEqual([1, 1])
  expect([await manager.del('k'), await manager.get('k')]).toEqual([true, undefined])
})

test('disconnect closes the cache, and leaves it open for a child namespace', async () => {
  const child = new Keyv({ store: createKeyvStore(cache.namespace('child')) })
  await child.disconnect()
  expect(await child.set('k', 1)).toBe(true)
  const { keyv, errors } = open()
  await keyv.disconnect()
  expect(await keyv.set('k', 1)).toBe(false)
  expect(errors).toEqual([expect.any(ClosedError)])
})
