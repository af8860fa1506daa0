import { type Cache as Peer, createCache as createPeer } from 'cache-manager'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createCacheManager } from '../../src/compat/cache-manager.js'
import { type CacheOptions, createCache } from '../../src/index.js'
import { PATIENT } from '../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'
import { CASES, DEVIATIONS } from './cache-manager-cases.js'

type Seen = { readonly resolved: unknown } | { readonly rejected: string }

/** The calls of each case, made with cache-manager as it comes and with the facade; what both saw is compared. */
function describeFacade(name: string, options: () => CacheOptions): void {
  describe(name, () => {
    test.each(CASES)('%s', async (title, run) => {
      const peer = createPeer()
      const namespace = `facade${++cases}`
      const cache = createCache({ namespace, jitter: 0, ...options() })
      const ours: Peer = createCacheManager(cache)
      const seen = [await outcomeOf(run(peer)), await outcomeOf(run(ours))] as const
      await cache.close()
      if (DEVIATIONS.has(title)) expect(seen[1]).not.toEqual(seen[0])
      else expect(seen[1]).toEqual(seen[0])
    })
  })
}

let cases = 0

async function outcomeOf(run: Promise<unknown>): Promise<Seen> {
  return await run.then(
    (resolved) => ({ resolved }),
    (error: unknown) => ({ rejected: error instanceof Error ? error.name : String(error) }),
  )
}

describeFacade('cache-manager and the facade over memory', () => ({}))

describeRedis('on a real Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await startRedis()
  }, 60_000)
  afterAll(() => server.close())

  const redis = () => ({ url: server.url, ...PATIENT })
  describeFacade('cache-manager and the facade over memory and Redis', () => ({
    redis: redis(),
  }))
  describeFacade('cache-manager and the facade over Redis alone', () => ({
    redis: redis(),
    memory: false,
  }))
})

test('every deviation is of a case', () => {
  const titles = CASES.map(([title]) => title)
  expect([...DEVIATIONS.keys()].filter((title) => !titles.includes(title))).toEqual([])
})
