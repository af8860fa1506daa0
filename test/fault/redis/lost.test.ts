import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  describeRedis,
  freePort,
  type RedisServer,
  startRedis,
  until,
} from '../../support/redis-server.js'
import {
  beginTiers,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
} from '../../support/redis-tiers.js'

describeRedis('a connection that is lost', () => {
  let server: RedisServer
  let opened: OpenedRedis

  beforeEach(async () => {
    server = await startRedis()
    opened = await openTiers(server.url)
  })
  afterEach(async () => {
    await opened.close()
    await server.close()
  })

  test('SIGKILL ends what is in flight at once; the restarted, empty Redis is used within 2 s', async () => {
    const { guarded, guard } = opened
    await store(guarded, 'k', 'one', { tags: ['t'] })
    server.stop()
    const waiting = Promise.all([look(guarded, 'k'), outcomeOf(guarded.remove(['x']))])
    await sleep(20)
    const start = performance.now()
    await server.kill()
    expect(await waiting).toEqual(['connection', 'connection'])
    expect(performance.now() - start).toBeLessThan(80)
    expect(await look(guarded, 'k')).toBe('connection')
    await sleep(500)
    await server.restart()
    await until(() => guard.state === 'closed', 2_500)
    expect(await look(guarded, 'k')).toBeUndefined()
    // the scripts are gone from the server too
    await store(guarded, 'k', 'two', { tags: ['t'] })
    expect(await look(guarded, 'k')).toBe('fresh two')
    await guarded.expire('k')
    expect(await look(guarded, 'k')).toBe('stale two')
    expect(opened.states).toEqual(['closed', 'open', 'closed'])
  })

  test('CLIENT KILL: nobody waits for longer than the timeout, and it is back at once', async () => {
    const { guarded, guard } = opened
    await store(guarded, 'k', 'one')
    const reads = Promise.all(Array.from({ length: 50 }, () => look(guarded, 'k')))
    await server.cli('CLIENT', 'KILL', 'TYPE', 'normal')
    for (const outcome of await reads) expect(['fresh one', 'connection']).toContain(outcome)
    await until(() => guard.state === 'closed', 1_000)
    expect(await look(guarded, 'k')).toBe('fresh one')
  })

  test('connections killed again and again leave one for data and one for the bus behind', async () => {
    const { guarded, guard } = opened
    for (let i = 0; i < 10; i++) {
      await server.cli('CLIENT', 'KILL', 'TYPE', 'normal')
      await sleep(60)
      await look(guarded, 'k')
    }
    await until(() => guard.state === 'closed', 3_000)
    const clients = await server.cli('CLIENT', 'LIST')
    expect(clients.split('\n').filter((line) => line.includes('name=strata:test'))).toHaveLength(2)
  })

  test("a caller's client that resends after a cut: operations end, nothing is asked while it is away", async () => {
    const client = new Redis(server.port, '127.0.0.1', { retryStrategy: () => 100 })
    const theirs = await openTiers(client, 'theirs')
    await store(theirs.guarded, 'k', 'one')
    server.stop()
    const read = look(theirs.guarded, 'k')
    await sleep(20)
    await server.kill()
    expect(await read).toBe('connection')
    for (let i = 0; i < 20; i++) expect(await look(theirs.guarded, 'k')).toBe('connection')
    await server.restart()
    await until(() => theirs.guard.state === 'closed', 2_000)
    expect(await look(theirs.guarded, 'k')).toBeUndefined()
    await theirs.close()
    client.disconnect()
  })

  test('flushed: nothing is readable until something is stored again', async () => {
    const { guarded } = opened
    await store(guarded, 'k', 'one', { tags: ['t'] })
    await server.cli('FLUSHALL')
    expect(await look(guarded, 'k')).toBeUndefined()
    await store(guarded, 'k', 'two', { tags: ['t'] })
    expect(await look(guarded, 'k')).toBe('fresh two')
  })

  test('scripts flushed: they are sent again', async () => {
    const { guarded } = opened
    await store(guarded, 'k', 'one', { tags: ['t'] })
    await server.cli('SCRIPT', 'FLUSH')
    await Promise.all(['a', 'b', 'c'].map((tag) => store(guarded, tag, tag, { tags: [tag] })))
    await guarded.invalidate(['t'], true)
    expect(await look(guarded, 'k')).toBe('stale one')
  })
})

describeRedis('dialling', () => {
  let port: number
  let opened: OpenedRedis

  beforeEach(async () => {
    port = await freePort()
  })
  afterEach(() => opened.close())

  /** Accepts connections and closes each at once. */
  async function slammer(): Promise<{ server: Server; dials: number[] }> {
    const dials: number[] = []
    const server = createServer((socket: Socket) => {
      dials.push(performance.now())
      socket.destroy()
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    return { server, dials }
  }

  test('pauses grow: no storm on a server that closes every connection', async () => {
    const { server, dials } = await slammer()
    opened = beginTiers(`redis://127.0.0.1:${port}`)
    await sleep(5_000)
    expect(dials.length).toBeGreaterThan(3)
    expect(dials.length, 'of two connections').toBeLessThan(30)
    server.close()
  })

  test('a Redis that comes up later is found', async () => {
    opened = beginTiers({ url: `redis://127.0.0.1:${port}`, connectTimeout: 100 })
    expect(await look(opened.guarded, 'k')).toBe('connection')
    await expect(opened.guarded.read('k')).rejects.toThrow('ECONNREFUSED')
    const server = await startRedis({ port })
    await until(() => opened.guard.state === 'closed', 3_000)
    await store(opened.guarded, 'k', 'one')
    expect(await look(opened.guarded, 'k')).toBe('fresh one')
    await opened.close()
    await server.close()
  })

  test('operations asked for before Redis is up wait for it', async () => {
    opened = beginTiers({ url: `redis://127.0.0.1:${port}`, connectTimeout: 5_000 })
    const read = look(opened.guarded, 'k')
    const server = await startRedis({ port })
    expect(await read).toBeUndefined()
    await opened.close()
    await server.close()
  })

  test('close while dialling ends it', async () => {
    const { server, dials } = await slammer()
    opened = beginTiers(`redis://127.0.0.1:${port}`)
    const read = look(opened.guarded, 'k')
    await sleep(100)
    await opened.close()
    expect(await read).toBe('closed')
    // what was dialled just before may still arrive
    await sleep(200)
    const count = dials.length
    await sleep(2_500)
    expect(dials).toHaveLength(count)
    server.close()
  })
})
