import { afterEach, expect, test } from 'vitest'
import { assembleCache } from '../../../src/create-cache.js'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { ManualClock } from '../../support/manual-clock.js'

const opened: Cache[] = []

afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()))
})

function open(identities?: boolean, options: CacheOptions = {}): Cache {
  const parts = { clock: new ManualClock(), identities }
  const cache = assembleCache({ logger: false, jitter: 0, ...options }, parts)
  opened.push(cache)
  return cache
}

test('a value in memory alone has no identity unless that is asked for', async () => {
  const cache = open()
  await cache.set('k', 1)
  expect((await cache.read('k')).id).toBeUndefined()
})

test('each store gives another identity, which every read tells', async () => {
  const cache = open(true)
  const ids = new Set<string | undefined>()
  for (let round = 0; round < 3; round++) {
    await cache.set('k', 1)
    const { id } = await cache.read('k')
    expect(id).toMatch(/^[\w-]{12}$/)
    expect((await cache.read('k')).id).toBe(id)
    ids.add(id)
  }
  expect(ids.size).toBe(3)
})

test('a loaded value has the identity under which it is found later', async () => {
  const cache = open(true)
  const loaded = await cache.read('k', () => 'value')
  expect(loaded).toMatchObject({ outcome: 'miss', tier: 'loader' })
  expect(loaded.id).toMatch(/^[\w-]{12}$/)
  expect(await cache.read('k')).toMatchObject({ outcome: 'hit', id: loaded.id })
})

test.each([
  ['nothing is there', (cache: Cache) => cache.read('k')],
  ['a value is handed over only', (cache: Cache) => cache.read('k', () => 1, { ttl: 0 })],
  [
    'the loader skips',
    (cache: Cache) =>
      cache.read('k', (context) => {
        context.skip()
        return 1
      }),
  ],
])('there is none where %s', async (_, read) => {
  expect((await read(open(true))).id).toBeUndefined()
})
