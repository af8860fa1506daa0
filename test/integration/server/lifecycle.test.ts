import { execFile } from 'node:child_process'
import { connect, createServer as createNetServer } from 'node:net'
import { once } from 'node:events'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { createCache, ListenError, NativeUnavailableError } from '../../../src/index.js'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'
import { gate } from '../../support/gate.js'
import { listener } from '../../support/listener.js'
import { RawClient, statusesOf } from '../../support/raw-http.js'

const run = promisify(execFile)
const apps: Server[] = []

function serverOf(options: ServerOptions = {}): Server {
  const app = createServer({ port: 0, logger: false, ...options })
  apps.push(app)
  return app
}

afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close({ timeout: 0 })))
})

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

describe('listen', () => {
  it('tells where, and which listener runs', async () => {
    const app = serverOf()
    expect([app.address(), app.native]).toEqual([null, false])
    expect(app.describe()).toMatch(/^not listening/)
    const address = await app.listen()
    expect(address).toEqual({ address: '127.0.0.1', family: 'IPv4', port: expect.any(Number) })
    expect(app.address()).toEqual(address)
    expect(app.native).toBe(listener === 'native')
    const which = listener === 'native' ? 'native listener' : 'TypeScript listener: STRATA_NATIVE=0'
    expect(app.describe()).toBe(`listening on http://127.0.0.1:${address.port} (${which})`)
    await app.close()
    expect(app.address()).toBeNull()
  })

  it('rejects with ListenError when the port is taken, and can be called again', async () => {
    const other = createNetServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const app = serverOf({ port })
    const error: unknown = await app.listen().catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ListenError)
    expect(error).toMatchObject({
      code: 'STRATA_LISTEN',
      message: `cannot listen on 127.0.0.1:${port}: something listens there already (EADDRINUSE)`,
      cause: { code: 'EADDRINUSE' },
    })
    other.close()
    await once(other, 'close')
    await app.listen()
  })

  it('rejects with ListenError when it listens already, or was closed', async () => {
    const app = serverOf()
    await app.listen()
    await expect(app.listen()).rejects.toThrow(ListenError)
    await app.close()
    await expect(app.listen()).rejects.toThrow(ListenError)
  })

  it('runs the listener that is demanded, or rejects', async () => {
    const app = serverOf({ native: true })
    if (listener === 'native') await app.listen()
    else await expect(app.listen()).rejects.toThrow(NativeUnavailableError)
    expect(app.native).toBe(listener === 'native')
    const other = serverOf({ native: false })
    await other.listen()
    expect([other.native, other.describe()]).toEqual([
      false,
      expect.stringMatching(/ \(TypeScript listener: native: false\)$/),
    ])
  })

  it('takes as many connections as it may', async () => {
    const app = serverOf({ limits: { connections: 1 } }).get('/', () => 'a')
    const { port } = await app.listen()
    const first = new RawClient(port).send(GET)
    await first.until(/200/)
    const second = new RawClient(port)
    expect(await second.closed()).toBe('')
    first.end()
  })
})

describe('close', () => {
  it('finishes what runs, closes what is idle at once, and frees the port', async () => {
    const started = gate()
    const finish = gate()
    const app = serverOf()
    app.get('/', () => 'idle')
    app.get('/slow', async () => {
      started.open()
      await finish.promise
      return 'finished'
    })
    const { port } = await app.listen()
    const idle = new RawClient(port).send(GET)
    await idle.until(/idle/)
    const fresh = new RawClient(port)
    const slow = new RawClient(port).send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n')
    await started.promise
    while (app.stats().connections < 3) await new Promise((done) => setImmediate(done))

    const closing = app.close({ timeout: '1m' })
    expect(statusesOf(await idle.closed())).toEqual([200])
    expect(await fresh.closed()).toBe('')
    const late = connect(port, '127.0.0.1')
    await expect(once(late, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    finish.open()
    expect(await slow.closed()).toMatch(/connection: close[^]*finished$/)
    await closing
    const again = serverOf({ port })
    await again.listen()
    expect(app.stats().connections).toBe(0)
  })

  it('lets a slow client take all of an answer that was begun before', async () => {
    const app = serverOf().get('/', () => new Uint8Array(20_000_000))
    const { port } = await app.listen()
    const socket = connect(port, '127.0.0.1')
    socket.write(GET)
    await once(socket, 'readable')
    const ended = once(socket, 'close')
    let bytes = 0
    const closing = app.close({ timeout: '1m' })
    socket.on('data', (chunk: Uint8Array) => (bytes += chunk.byteLength))
    await closing
    await ended
    expect(bytes).toBeGreaterThan(20_000_000)
  })

  it('cuts off what does not end in time; the signal of its handler aborts', async () => {
    const started = gate()
    const aborted = gate()
    const app = serverOf().get('/', async (c) => {
      c.req.signal.addEventListener('abort', () => aborted.open())
      started.open()
      await new Promise(() => {})
    })
    const { port } = await app.listen()
    const client = new RawClient(port).send(GET)
    await started.promise
    await app.close({ timeout: 20.5 })
    await aborted.promise
    expect(await client.closed()).toBe('')
  })

  it('closes the cache it made, and no other', async () => {
    const app = serverOf().get('/', async (c) => c.cache.get('a', () => 'made'))
    const { cache } = await cacheOf(app)
    await app.close()
    await expect(cache.set('b', 1)).rejects.toMatchObject({ code: 'STRATA_CLOSED' })

    const own = createCache()
    const other = serverOf({ cache: own })
    expect((await cacheOf(other)).cache).toBe(own)
    await other.close()
    await own.set('b', 1)
    await own.close()
  })

  it('is fine before listen, and twice', async () => {
    const app = serverOf()
    await app.close()
    await app.close()
  })
})

describe('the process', () => {
  it('ends by itself when the server is unref, and after close', async () => {
    const source = new URL('../../../src/server/index.ts', import.meta.url).pathname
    const program = `
      const { createServer } = await import(${JSON.stringify(source)})
      const unref = createServer({ port: 0 }).unref()
      await unref.listen()
      const closed = createServer({ port: 0 }).get('/', () => 'a')
      const { port } = await closed.listen()
      await (await fetch('http://127.0.0.1:' + port)).text()
      await closed.close()
      console.log('end of program')`
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program]
    const { stdout } = await run(process.execPath, args, { timeout: 30_000 })
    expect(stdout).toBe('end of program\n')
  })
})

async function cacheOf(app: Server) {
  const found = gate<import('../../../src/index.js').Cache>()
  app.get('/cache', (c) => found.open(c.cache))
  await app.fetch(new Request('http://x/cache'))
  return { cache: await found.promise }
}
