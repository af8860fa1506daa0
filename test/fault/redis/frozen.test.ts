import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import {
  beginTiers,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
} from '../../support/redis-tiers.js'

/** What a busy machine may add to a timeout. */
const MARGIN = 60

async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

describeRedis('a Redis that is frozen (SIGSTOP)', () => {
  let server: RedisServer
  let opened: OpenedRedis

  beforeEach(async () => {
    server = await startRedis()
  })
  afterEach(async () => {
    server.cont()
    await opened.close()
    await server.close()
  })

  test('costs each operation the timeout until the breaker opens, then nothing, and is back in 2 s', async () => {
    opened = await openTiers(server.url)
    const { guarded, guard } = opened
    await store(guarded, 'k', 'one')
    server.stop()
    for (let i = 0; i < 5; i++) {
      const ms = await took(async () => expect(await look(guarded, 'k')).toBe('timeout'))
      expect(ms).toBeGreaterThan(95)
      expect(ms).toBeLessThan(100 + MARGIN)
    }
    expect(guard.state).toBe('open')
    const ms = await took(async () => {
      for (let i = 0; i < 100; i++) expect(await look(guarded, 'k')).toBe('open')
    })
    expect(ms).toBeLessThan(50)
    await sleep(1_500)
    server.cont()
    const back = await took(() => until(() => guard.state === 'closed'))
    expect(back).toBeLessThan(2_000)
    expect(await look(guarded, 'k')).toBe('fresh one')
    expect(opened.states).toEqual(['closed', 'open', 'closed'])
  })

  test('is not flooded: what was sent stays within maxInFlight', async () => {
    opened = await openTiers({ url: server.url, maxInFlight: 50, breaker: { failures: 10_000 } })
    const { guarded } = opened
    await store(guarded, 'k', 'one')
    server.stop()
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => look(guarded, 'k')))
    expect(outcomes.filter((outcome) => outcome === 'timeout')).toHaveLength(50)
    expect(outcomes.filter((outcome) => outcome === 'open')).toHaveLength(150)
    expect(await look(guarded, 'k')).toBe('open')
    server.cont()
    await until(async () => (await look(guarded, 'k')) === 'fresh one')
  })

  test('is redialled when it stays frozen, and used again when it is back', async () => {
    opened = await openTiers(server.url)
    const { guarded, guard, events } = opened
    await store(guarded, 'k', 'one')
    server.stop()
    await Promise.all(Array.from({ length: 5 }, () => look(guarded, 'k')))
    await until(
      () => events.some((event) => event.type === 'connection' && event.status === 'down'),
      9_000,
    )
    expect(await look(guarded, 'k')).toBe('connection')
    await sleep(1_000)
    server.cont()
    const back = await took(() => until(() => guard.state === 'closed'))
    expect(back).toBeLessThan(2_000)
    expect(await look(guarded, 'k')).toBe('fresh one')
  })

  test('at the start costs connectTimeout once', async () => {
    server.stop()
    const ms = await took(async () => {
      // it counts from here
      opened = beginTiers({ url: server.url, connectTimeout: 300 })
      expect(await look(opened.guarded, 'k')).toBe('connection')
    })
    expect(ms).toBeGreaterThan(290)
    expect(ms).toBeLessThan(300 + MARGIN)
    expect(await took(() => look(opened.guarded, 'k'))).toBeLessThan(20)
    server.cont()
    await until(() => opened.guard.state === 'closed', 2_000)
    await store(opened.guarded, 'k', 'one')
    expect(await look(opened.guarded, 'k')).toBe('fresh one')
  })

  test("on a caller's client is the same, and the client is left alone", async () => {
    const client = new Redis(server.port, '127.0.0.1')
    const options = { ...client.options }
    const listeners = client.eventNames().length
    opened = await openTiers(client)
    const { guarded, guard } = opened
    await store(guarded, 'k', 'one')
    server.stop()
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => look(guarded, 'k')))
    expect(new Set(outcomes)).toEqual(new Set(['timeout']))
    expect(await outcomeOf(guarded.remove(['k']))).toBe('open')
    server.cont()
    await until(() => guard.state === 'closed', 2_000)
    expect(await look(guarded, 'k')).toBe('fresh one')
    await opened.close()
    expect(client.status).toBe('ready')
    expect(client.options).toEqual(options)
    expect(client.eventNames()).toHaveLength(listeners)
    expect(await client.ping()).toBe('PONG')
    client.disconnect()
  })
})
