import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { gate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('a forced load', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  it('and too large for Redis ends the older value everywhere', async () => {
    const redis = { url: server.url, ...PATIENT, maxValueBytes: 1_024 }
    const [one, other] = [0, 1].map(() => caches.open({ namespace, redis }).cache)
    await one?.get('k', () => 'old')
    expect(await other?.get('k', noLoad)).toBe('old')
    const large = 'x'.repeat(2_000)
    expect(await one?.get('k', () => large, { force: true })).toBe(large)
    await expect.poll(() => other?.get('k')).toBeUndefined()
    expect(await one?.get('k', noLoad)).toBe(large)
  })

  it('in vain leaves what it was to replace', async () => {
    const [forcing, waiting, later] = [0, 1, 2].map(() => caches.patient(server.url, { namespace }))
    await forcing?.set('k', 'old', { ttl: 1, grace: '1m' })
    await sleep(10)
    const loading = gate()
    const forced = forcing?.get(
      'k',
      async () => {
        await loading.promise
        throw new Error('down')
      },
      { force: true },
    )
    forced?.catch(() => undefined)
    const head = (from: number, to: number): Promise<string> =>
      server.cli('GETRANGE', `s1:${namespace}:e:{k}`, String(from), String(to))
    await until(async () => /\w/.test(await head(5, 16)))
    const fail = (): never => {
      throw new Error('down again')
    }
    const waited = waiting?.get('k', fail, { softTimeout: '5s', grace: '1m' })
    await until(async () => (await head(32, 32)) === '1')
    loading.open()
    await expect(forced).rejects.toThrow('down')
    expect(await waited).toBe('old')
    expect(await later?.get('k', fail, { softTimeout: '5s', grace: '1m' })).toBe('old')
  })
})
