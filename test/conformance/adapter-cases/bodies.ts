import { Agent } from 'node:http'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { expect } from 'vitest'
import { exchange, open, receive, type Received } from '../../support/http-client.js'
import { gate } from '../../support/gate.js'
import { type Bench, counted, page, statusOf } from '../adapter-bench.js'

const FILE = fileURLToPath(new URL('../../../package.json', import.meta.url))

/** What comes through, and what is kept of it. */
export function bodyCases(bench: Bench): void {
  bench.it('bytes are the same bytes', async (serve) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    const { ask } = await serve(
      page((h) => {
        h.set('content-type', 'application/octet-stream')
        return h.send(200, bytes)
      }),
    )
    for (let i = 0; i < 2; i++) expect((await ask('/page')).bytes).toEqual(Buffer.from(bytes))
  })

  bench.it('an empty page is a page', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, ''))
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) expect(await ask('/page')).toMatchObject({ status: 200, body: '' })
    expect(runs()).toBe(1)
  })

  bench.it('what the framework writes as JSON', async (serve) => {
    const { handle, runs } = counted((h) => h.json({ text: 'grüße' }))
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) {
      const answer = await ask('/page')
      expect(JSON.parse(answer.body)).toEqual({ text: 'grüße' })
      expect(answer.headers['content-type']).toContain('application/json')
    }
    expect(runs()).toBe(1)
  })

  bench.it('a file that the framework sends', async (serve) => {
    const { handle, runs } = counted((h) => h.file(FILE))
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) expect(JSON.parse((await ask('/page')).body)).toHaveProperty('name')
    expect(runs()).toBe(1)
  })

  bench.it('a stream reaches the client while it is stored', async (serve) => {
    const go = gate()
    const { handle, runs } = counted((h) =>
      h.stream(
        (async function* () {
          yield Buffer.from('one ')
          await go.promise
          yield Buffer.from('two')
        })(),
      ),
    )
    const { ask, port } = await serve(page(handle))
    const answer = await open(port, '/page')
    const first = await new Promise((resolve) => answer.once('data', resolve))
    expect(String(first)).toBe('one ')
    go.open()
    expect((await receive(answer)).body).toBe('two')
    const second = await ask('/page')
    expect(second.body).toBe('one two')
    expect(statusOf(second)).toContain('hit')
    expect(runs()).toBe(1)
  })

  bench.it('events arrive when they happen and are not stored', async (serve) => {
    const go = gate()
    const { ask, port } = await serve({
      ...page((h) => {
        h.set('content-type', 'text/event-stream')
        h.set('cache-control', 'max-age=60')
        return h.stream(
          (async function* () {
            yield Buffer.from('data: 1\n\n')
            await go.promise
          })(),
        )
      }, 'fields'),
    })
    const answer = await open(port, '/page')
    expect(String(await new Promise((resolve) => answer.once('data', resolve)))).toBe('data: 1\n\n')
    go.open()
    await receive(answer)
    expect(statusOf(await ask('/page'))).not.toContain('hit')
  })

  bench.it('a body that is longer than may be kept goes through whole', async (serve) => {
    const { handle, runs } = counted((h) => h.stream(pieces(64, 65_536)))
    const { ask } = await serve(page(handle, { maxBody: '1mb' }))
    for (let i = 0; i < 2; i++) expect((await ask('/page')).bytes.byteLength).toBe(64 * 65_536)
    expect(runs()).toBe(2)
  })

  bench.it('a slow reader gets all of it', async (serve) => {
    const { handle } = counted((h) => h.stream(pieces(64, 65_536)))
    const { port } = await serve(page(handle, { maxBody: '8mb' }))
    for (let i = 0; i < 2; i++) {
      const answer = await open(port, '/page')
      let length = 0
      for await (const chunk of answer) {
        length += (chunk as Buffer).byteLength
        if (length < 500_000) await sleep(1)
      }
      expect(length).toBe(64 * 65_536)
    }
  })

  bench.it('a body shorter than announced breaks off and is not stored', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('content-length', '10')
      h.set('content-type', 'text/plain')
      return h.stream(pieces(1, 4))
    })
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) await expect(ask('/page')).rejects.toThrow()
    expect(runs()).toBe(2)
  })

  bench.it('a connection is used again, after whole pages and streams', async (serve) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const { ask } = await serve({
      routes: [
        { path: '/page', policy: {}, handle: (h) => h.send(200, 'page') },
        { path: '/stream', policy: {}, handle: (h) => h.stream(pieces(3, 10)) },
      ],
    })
    const answers: Received[] = []
    for (const path of ['/page', '/stream', '/page', '/stream', '/page'])
      answers.push(await ask(path, { agent }))
    expect(answers.map(({ bytes }) => bytes.byteLength)).toEqual([4, 30, 4, 30, 4])
    const sockets = Object.values(agent.freeSockets).flat()
    expect(sockets).toHaveLength(1)
    agent.destroy()
  })

  bench.it('requests in a pipeline are answered in their order', async (serve) => {
    const { handle } = counted((h) => h.send(200, `page ${h.param('id')}.`))
    const { port } = await serve(page(handle, {}, '/page/:id'))
    const get = (id: number, more = '') => `GET /page/${id} HTTP/1.1\r\nHost: a\r\n${more}\r\n`
    for (let i = 0; i < 2; i++) {
      const text = await exchange(port, get(1) + get(2) + get(3, 'Connection: close\r\n'))
      expect(text.match(/page \d\./g)).toEqual(['page 1.', 'page 2.', 'page 3.'])
    }
  })

  bench.it('compression in front: each client in its own coding', async (serve) => {
    const text = 'text '.repeat(1_000)
    const { handle, runs } = counted((h) => {
      h.set('content-type', 'text/plain')
      return h.send(200, text)
    })
    const { ask } = await serve({ ...page(handle), compress: 'before' })
    for (let i = 0; i < 3; i++) {
      expect(plain(await ask('/page', { headers: { 'accept-encoding': 'gzip' } }))).toBe(text)
      expect((await ask('/page')).body).toBe(text)
    }
    const compressed = await ask('/page', { headers: { 'accept-encoding': 'gzip' } })
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(runs()).toBe(1)
  })

  bench.it('compression behind: the handler makes one coding for all', async (serve) => {
    const text = 'text '.repeat(1_000)
    const { handle, runs } = counted((h) => {
      h.set('content-type', 'text/plain')
      return h.send(200, text)
    })
    const { ask } = await serve({ ...page(handle), compress: 'after' })
    for (let i = 0; i < 2; i++) {
      expect(plain(await ask('/page', { headers: { 'accept-encoding': 'gzip' } }))).toBe(text)
      expect((await ask('/page')).body).toBe(text)
    }
    expect(runs()).toBe(1)
  })

  bench.it('the codings of a policy are made once', async (serve) => {
    const text = 'text '.repeat(1_000)
    const { handle, runs } = counted((h) => {
      h.set('content-type', 'text/plain')
      return h.send(200, text)
    })
    const { ask } = await serve(page(handle, { compress: true }))
    await ask('/page')
    for (const coding of ['gzip', 'br']) {
      const answer = await ask('/page', { headers: { 'accept-encoding': coding } })
      expect(answer.headers['content-encoding']).toBe(coding)
      expect(plain(answer)).toBe(text)
    }
    expect(runs()).toBe(1)
  })
}

async function* pieces(count: number, size: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield await Promise.resolve(Buffer.alloc(size, 'x'))
}

function plain({ headers, bytes }: Received): string {
  const coding = headers['content-encoding']
  if (coding === 'gzip') return gunzipSync(bytes).toString()
  if (coding === 'br') return brotliDecompressSync(bytes).toString()
  return bytes.toString()
}
