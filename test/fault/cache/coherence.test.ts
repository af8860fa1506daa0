import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { Dice } from '../../support/dice.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import { huntStaleReads } from '../../support/stale-hunt.js'

/** Longer, or the same once more: STRATA_HUNT_MS=600000 STRATA_HUNT_SEED=1234. */
const DURATION = Number(process.env['STRATA_HUNT_MS'] ?? 4_000)
const SEED = Number(process.env['STRATA_HUNT_SEED'] ?? Math.floor(Math.random() * 2 ** 31))

/** To look for what hides behind something known: STRATA_HUNT_WITHOUT=set,schema. */
const WITHOUT = (process.env['STRATA_HUNT_WITHOUT'] ?? '').split(',')

vi.setConfig({ testTimeout: 60_000 + 2 * DURATION })

describeRedis('reads after an acknowledged invalidation', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
    await caches.patient(server.url, { namespace: 'first' }).ready()
    await caches.close()
  })
  beforeEach(() => {
    watch.begin()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
    await watch.end()
  })
  afterAll(() => server.close())

  /** Freezes, kills and empties Redis and cuts connections until `isOver`. */
  async function torment(dice: Dice, isOver: () => boolean): Promise<void> {
    const client = new Redis(server.port, { maxRetriesPerRequest: 0, commandTimeout: 500 })
    client.on('error', () => {})
    while (!isOver()) {
      await sleep(dice.int(100, 900))
      const roll = dice.next()
      if (roll < 0.35) {
        server.stop()
        await sleep(dice.int(20, 120))
        server.cont()
      } else if (roll < 0.6) {
        server.stop()
        await sleep(dice.int(300, 1_500))
        server.cont()
      } else if (roll < 0.75) {
        await client.call('CLIENT', 'KILL', 'TYPE', 'normal').catch(() => {})
      } else if (roll < 0.85) {
        await client.flushall().catch(() => {})
      } else if (roll < 0.9) {
        await client.script('FLUSH').catch(() => {})
      } else {
        await server.restart()
      }
    }
    client.disconnect()
  }

  const kinds: readonly (readonly [string, boolean, CacheOptions])[] = [
    ['memory and a calm Redis', false, {}],
    ['no memory and a calm Redis', false, { memory: false }],
    [
      'compression and a calm Redis',
      false,
      { codec: { compression: { minBytes: 100, quality: 9 } } },
    ],
    ['memory and a tormented Redis', true, {}],
    ['no memory and a tormented Redis', true, { memory: false }],
    [
      'little memory, compression and a tormented Redis',
      true,
      {
        memory: { maxEntries: 20 },
        codec: { compression: { minBytes: 100, quality: 5 } },
      },
    ],
    ['a short queue and a tormented Redis', true, { outage: { maxQueued: 5, maxLoads: 8 } }],
  ]

  it.each(kinds)('bring nothing older, with %s', async (title, isTormented, options) => {
    const dice = new Dice(SEED)
    const namespace = freshNamespace()
    const redis = {
      url: server.url,
      timeout: isTormented ? 60 : 5_000,
      connectTimeout: 10_000,
      breaker: { halfOpenAfter: 200 },
    }
    const { cache } = caches.open({ namespace, redis, ...options })
    const onlooker = caches.open({ namespace, redis, memory: false }).cache
    await until(() => cache.stats().redis.state === 'ready', 15_000)
    await until(() => onlooker.stats().redis.state === 'ready', 15_000)

    let isOver = false
    const tormenting = isTormented ? torment(new Dice(SEED + 1), () => isOver) : undefined
    const hunt = await huntStaleReads({
      cache,
      onlooker,
      dice,
      duration: DURATION,
      readers: 30,
      writers: 6,
      keys: 40,
      without: WITHOUT,
    })
    isOver = true
    await tormenting
    const outcomes = Object.entries(hunt.outcomes).map(([name, count]) => `${name} ${count}`)
    const kindsOfStale = new Set(
      hunt.violations.map(({ where, how, by }) => `${where} ${how} after ${by}`),
    )
    process.stdout.write(
      `${title}: seed ${SEED}, ${hunt.reads} reads (${outcomes.join(', ')}), ` +
        `${hunt.writes} writes, ${hunt.violations.length} stale ${[...kindsOfStale].join('; ')}\n`,
    )
    expect(hunt.violations.slice(0, 5)).toEqual([])
    expect(hunt.errors.map(String).filter((error) => !error.startsWith('OverloadedError'))).toEqual(
      [],
    )
    expect(hunt.reads).toBeGreaterThan(500)

    await until(() => cache.stats().queue.depth === 0, 15_000)
    await until(() => cache.stats().redis.state === 'ready', 15_000)
  })
})
