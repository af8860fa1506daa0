import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('a set under a version of a tag that has gone', () => {
  const caches = new Caches()
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  /** A cache that takes a version of the tag for known which is no longer there. */
  async function openMistaken(): Promise<{ cache: Cache; stored: () => Promise<boolean> }> {
    const namespace = freshNamespace()
    await caches.patient(server.url, { namespace }).set('other', 1, { tags: ['t'] })
    const cache = caches.patient(server.url, { namespace })
    expect(await cache.get('other')).toBe(1)
    await server.cli('DEL', `s1:${namespace}:t:{t}`) // as an eviction does, untold
    const stored = async (): Promise<boolean> =>
      (await server.cli('EXISTS', `s1:${namespace}:e:{k}`)) === '1'
    return { cache, stored }
  }

  it('is stored', async () => {
    const { cache, stored } = await openMistaken()
    expect(await cache.set('k', 'value', { tags: ['t'] })).toBe('applied')
    expect(await stored()).toBe(true)
  })

  it('is not written again behind a delete of the same process', async () => {
    const { cache, stored } = await openMistaken()
    await server.cli('CLIENT', 'PAUSE', '300', 'ALL')
    const set = cache.set('k', 'older', { tags: ['t'] })
    await sleep(50)
    expect(await cache.delete('k')).toBe('applied')
    await set
    expect(await cache.get('k')).toBeUndefined()
    expect(await stored()).toBe(false)
  })
})
