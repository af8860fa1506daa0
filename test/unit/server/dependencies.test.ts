import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assembleCache } from '../../../src/create-cache.js'
import type { Cache } from '../../../src/index.js'
import { createServer, type RouteCacheOption, type Server } from '../../../src/server/index.js'
import { ManualClock } from '../../support/manual-clock.js'

let clock: ManualClock
let cache: Cache
let app: Server

beforeEach(() => {
  clock = new ManualClock()
  cache = assembleCache({ logger: false, jitter: 0 }, { clock })
  app = createServer({ cache, logger: false })
})
afterEach(async () => {
  await app.close()
  await cache.close()
})

/** How the answer was come by, and the answer. */
async function ask(path = '/page'): Promise<string> {
  const response = await app.fetch(new Request(`http://example.com${path}`))
  const text = await response.text()
  await new Promise(setImmediate)
  const isHit = response.headers.get('cache-status')?.startsWith('strata; hit') === true
  return `${isHit ? 'hit' : 'miss'} ${text}`
}

let version = 1
const load = (): string => `v${version}`
beforeEach(() => {
  version = 1
})

describe.each<[mode: 'context' | 'async', reading: (c: { cache: Cache }) => Cache]>([
  ['context', (c) => c.cache],
  ['async', () => cache],
])('an answer whose dependencies are noted (%s)', (dependencies, cacheOf) => {
  const policy: RouteCacheOption = { ttl: '10m', dependencies }

  const ways: [title: string, invalidate: () => Promise<unknown>][] = [
    ['delete', () => cache.delete('k')],
    ['deleteMany', () => cache.deleteMany(['x', 'k'])],
    ['set', () => cache.set('k', 'v2')],
    ['expire', () => cache.expire('k')],
    ['a tag of the value', () => cache.invalidateTags('t')],
    ['a tag, softly', () => cache.invalidateTags('t', { soft: true })],
    ['clear', () => cache.clear()],
    ['a forced load', () => cache.get('k', load, { force: true })],
  ]
  test.each(ways)('is dropped by %s', async (_, invalidate) => {
    app.get('/page', { cache: policy }, async (c) =>
      cacheOf(c).get('k', load, { tags: ['t'], grace: '1h' }),
    )
    expect(await ask()).toBe('miss v1')
    expect(await ask()).toBe('hit v1')
    version = 2
    await invalidate()
    expect(await ask()).toMatch(/^miss v[12]$/)
    expect((await ask()).slice(-2)).toBe('v2')
  })

  test('stays when something else is invalidated', async () => {
    app.get('/page', { cache: policy }, async (c) => cacheOf(c).get('k', load, { tags: ['t'] }))
    await ask()
    await cache.delete('other')
    await cache.invalidateTags('other')
    await cache.namespace('child').delete('k')
    await cache.namespace('child').clear()
    expect(await ask()).toBe('hit v1')
  })

  test('is not kept when one of them is invalidated while it is made', async () => {
    let isFirst = true
    app.get('/page', { cache: policy }, async (c) => {
      const value = await cacheOf(c).get('k', load)
      if (isFirst) await cache.delete('k')
      isFirst = false
      return value
    })
    expect(await ask()).toBe('miss v1')
    version = 2
    expect(await ask()).toBe('miss v2')
    expect(await ask()).toBe('hit v2')
  })

  test('is fresh no longer than they are', async () => {
    app.get('/page', { cache: policy }, async (c) => {
      await cacheOf(c).get('long', load, '5m')
      return cacheOf(c).get('k', load, '10s')
    })
    expect(await ask()).toBe('miss v1')
    version = 2
    clock.advance(9_999)
    expect(await ask()).toBe('hit v1')
    clock.advance(1)
    expect(await ask()).toBe('miss v2')
  })

  test('depends on reads of children, of many keys, and on those that found nothing to keep it', async () => {
    app.get('/child', { cache: policy }, async (c) => cacheOf(c).namespace('child').get('k', load))
    app.get('/many', { cache: policy }, async (c) => {
      const all = await cacheOf(c).getMany(['a', 'k'], {
        key: (id) => id,
        load: (ids) => ids.map(load),
      })
      return all.get('k')
    })
    app.get('/none', { cache: policy }, async (c) => String(await cacheOf(c).get('absent')))
    for (const path of ['/child', '/many']) {
      await ask(path)
      expect(await ask(path)).toBe('hit v1')
    }
    version = 2
    await cache.namespace('child').delete('k')
    expect(await ask('/child')).toBe('miss v2')
    expect(await ask('/many')).toBe('hit v1')
    await cache.delete('k')
    expect(await ask('/many')).toBe('miss v2')
    await ask('/none')
    expect(await ask('/none')).toBe('miss undefined')
  })

  test('with more than 64 is dropped by anything in their namespace', async () => {
    app.get('/page', { cache: policy }, async (c) => {
      for (let i = 0; i < 70; i++) await cacheOf(c).get(`k${i}`, load)
      return load()
    })
    await ask()
    expect(await ask()).toBe('hit v1')
    await cache.delete('anything')
    expect(await ask()).toBe('miss v1')
  })

  test('depends on what its body reads as well', async () => {
    app.get('/page', { cache: policy }, (c) =>
      c.stream(
        (async function* () {
          yield Buffer.from('>')
          yield Buffer.from(await cacheOf(c).get('k', load))
        })(),
      ),
    )
    expect(await ask()).toBe('miss >v1')
    expect(await ask()).toBe('hit >v1')
    version = 2
    await cache.delete('k')
    expect(await ask()).toBe('miss >v2')
  })
})

test('reads through the plain cache are no dependencies unless they are asked for', async () => {
  app.get('/page', { cache: { ttl: '1m' } }, async () => cache.get('k', load))
  app.get('/off', { cache: { ttl: '1m', dependencies: false } }, async (c) =>
    c.cache.get('k', load),
  )
  for (const path of ['/page', '/off']) await ask(path)
  await cache.delete('k')
  for (const path of ['/page', '/off']) expect(await ask(path)).toBe('hit v1')
})
