import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { openBeside, openBoth, openMemory, thrownBy } from './harness.js'

describe.each([
  ['memory only', openMemory],
  ['both tiers', openBoth],
])('a namespace (%s)', (_, open) => {
  test('has keys of its own', async () => {
    const { cache } = open()
    const child = cache.namespace('child')
    const other = cache.namespace('other')
    await cache.set('k', 'parent')
    await child.set('k', 'child')
    expect(await cache.get('k')).toBe('parent')
    expect(await child.get('k')).toBe('child')
    expect(await other.get('k')).toBeUndefined()
    await child.delete('k')
    expect(await cache.get('k')).toBe('parent')
    await child.set('k', 'child')
    await cache.delete('k')
    expect(await child.get('k')).toBe('child')
  })

  test('has tags of its own', async () => {
    const { cache } = open()
    const child = cache.namespace('child')
    for (const space of [cache, child]) await space.set('k', 'value', { tags: ['t'] })
    await cache.invalidateTags('t')
    expect(await cache.has('k')).toBe(false)
    expect(await child.has('k')).toBe(true)
    await child.invalidateTags('t', { soft: true })
    expect(await child.has('k')).toBe(false)
  })

  test('clear() of the parent leaves it, its own leaves the parent', async () => {
    const { cache } = open()
    const child = cache.namespace('child')
    for (const space of [cache, child]) await space.set('k', 'value')
    await cache.clear()
    expect(await cache.has('k')).toBe(false)
    expect(await child.has('k')).toBe(true)
    await cache.set('k', 'value')
    await child.clear()
    expect(await child.has('k')).toBe(false)
    expect(await cache.has('k')).toBe(true)
    await child.set('k', 'again')
    expect(await child.get('k')).toBe('again')
  })

  test('expires keys of its own', async () => {
    const { cache } = open({ grace: '1h' })
    const child = cache.namespace('child')
    for (const space of [cache, child]) await space.set('k', 'value')
    await child.expire('k')
    expect(await cache.has('k')).toBe(true)
    expect(await child.has('k')).toBe(false)
  })

  test('inherits what it does not say', async () => {
    const { cache, clock } = open({ ttl: '1m', tags: ['all'] })
    const child = cache.namespace('child', { grace: '1h', tags: ['child'] })
    const grandchild = child.namespace('grand', { ttl: '2m' })
    expect((await grandchild.read('k', () => 1, { tags: ['k'] })).tags).toEqual([
      'all',
      'child',
      'k',
    ])
    await child.set('k', 1)
    await cache.set('k', 1)
    clock.advance(60_000)
    expect(await cache.read('k', () => 2)).toMatchObject({ outcome: 'miss' })
    expect(await child.read('k', () => 2)).toMatchObject({ outcome: 'stale' })
    expect(await grandchild.has('k')).toBe(true)
    clock.advance(60_000)
    expect(await grandchild.read('k', () => 2)).toMatchObject({ outcome: 'stale' })
  })

  test('two of one name share what they keep', async () => {
    const { cache } = open()
    await cache.namespace('a').namespace('b').set('k', 'value')
    expect(await cache.namespace('a.b').get('k')).toBe('value')
    expect(await cache.namespace('a').get('k')).toBeUndefined()
  })

  test('counts its own reads', async () => {
    const { cache } = open({ namespace: 'shop' })
    const child = cache.namespace('child')
    await child.get('k', () => 1)
    expect(child.stats()).toMatchObject({ namespace: 'shop.child', loads: 1 })
    expect(cache.stats()).toMatchObject({ namespace: 'shop', loads: 0 })
    expect(cache.stats().memory).toEqual(child.stats().memory)
  })

  test('is not closed by itself', async () => {
    const { cache } = open()
    const child = cache.namespace('child')
    await child.close()
    await child.set('k', 'value')
    expect(await child.get('k')).toBe('value')
    await cache.close()
    await expect(child.get('k')).rejects.toMatchObject({ code: 'STRATA_CLOSED' })
  })

  test.each([
    ['', {}, 'namespace'],
    ['a:b', {}, 'namespace'],
    ['a/b', {}, 'namespace'],
    [undefined, {}, 'namespace'],
    ['x'.repeat(60), {}, 'namespace'],
    ['child', { ttl: -1 }, 'ttl'],
    ['child', { memory: false }, 'memory'],
    ['child', { force: true }, 'force'],
    ['child', null, 'options'],
  ])('%o with %o is refused', (name, defaults, option) => {
    const { cache } = open()
    const error = thrownBy(() => cache.namespace(name as string, defaults as object))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option })
  })
})

describe('a key made by an attacker', () => {
  const attempts = (name: string, key: string): string[] => [
    `\udc00${name}:${key}`,
    `\udc00${name}${key}`,
    `\ud800${name}:${key}`,
    `${name}:${key}`,
    `${name}.${key}`,
    `.${name}:${key}`,
    `http|${name}:${key}`,
    `http|\udc00${name}:${key}`,
    `../${name}:${key}`,
    `${key}\u0000`,
  ]

  test('reaches no entry of a child, in whatever way it is used', async () => {
    const { cache } = openMemory({ namespace: 'shop', grace: '1h' })
    const child = cache.namespace('child')
    await child.set('k', 'secret', { tags: ['t'] })
    for (const key of attempts('shop.child', 'k')) {
      expect(cache.peek(key)).toBeUndefined()
      const seen: unknown[] = []
      const note = (promise: Promise<unknown>): Promise<void> =>
        promise.then(
          (value) => void seen.push(value),
          () => undefined,
        )
      await note(cache.get(key))
      await note(cache.get(key, () => undefined))
      await note(cache.get(key, () => undefined, { force: true }))
      await note(cache.getMany([key], { key: (id) => id }).then((map) => map.get(key)))
      await note(cache.has(key).then((has) => (has ? 'secret' : undefined)))
      expect(seen).not.toContain('secret')
      await note(cache.set(key, 'forged'))
      await note(cache.expire(key))
      await note(cache.delete(key))
      expect(await child.get('k')).toBe('secret')
    }
    for (const tag of attempts('shop.child', 't')) {
      await cache.invalidateTags(tag).catch(() => undefined)
    }
    expect(await child.get('k')).toBe('secret')
  })

  test('reaches no entry of the parent or a sibling from a child', async () => {
    const { cache } = openMemory({ namespace: 'shop' })
    const child = cache.namespace('a')
    await cache.set('k', 'parent')
    await cache.namespace('a.b').set('k', 'sibling')
    await cache.namespace('ab').set('k', 'sibling')
    for (const key of [...attempts('shop.a.b', 'k'), '.b:k', 'b:k', ':k']) {
      expect(child.peek(key)).toBeUndefined()
      expect(await child.get(key).catch(() => undefined)).toBeUndefined()
    }
  })

  test('of the reserved prefix reaches nothing', async () => {
    const { cache } = openMemory()
    for (const key of ['http|', 'http|GET /', 'http|\udc00']) {
      await expect(cache.set(key, 1)).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
      await expect(cache.get(key)).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
      await expect(cache.delete(key)).rejects.toMatchObject({ code: 'STRATA_INVALID_KEY' })
    }
    await cache.set('http', 1)
    await cache.set('https://example.com', 1)
  })

  test('of a definition cannot reach another definition', async () => {
    const both = openBoth()
    const load = (id: string): string => `loaded ${id}`
    const user = both.cache.define('user', { key: (id: string) => id, load })
    const admin = both.cache.define('user.admin', { key: (id: string) => id, load: () => 'admin' })
    await admin('1')
    for (const id of ['.admin:1', 'admin:1', '@2:1', '"1"', '(1)']) {
      expect(await user(id)).toBe(`loaded ${id}`)
    }
    expect(await openBeside(both).cache.get(admin.key('1'))).toBe('admin')
  })
})
