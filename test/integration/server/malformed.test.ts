import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Server } from '../../../src/server/index.js'
import { listener } from '../../support/listener.js'
import { rawAnswer, RawClient, statusesOf } from '../../support/raw-http.js'
import { CLOSE, MALFORMED, type MalformedRow } from '../../support/raw-messages.js'

let app: Server
let port = 0

beforeAll(async () => {
  app = createServer({ port: 0, logger: false })
  app.get('/a', (c) => c.text('A'))
  app.post('/a', async (c) => c.text(`got ${(await c.req.bytes()).byteLength}`))
  app.post('/later', async (c) => {
    await new Promise((done) => setImmediate(done))
    return c.text('later')
  })
  port = (await app.listen()).port
})

afterAll(() => app.close())

describe('on a connection of its own', () => {
  it.each<MalformedRow>([...MALFORMED])('%s', async (_title, message, statuses, also = /^/) => {
    const client = new RawClient(port).send(message)
    // a client that is done: the server need not wait for more of the body
    await client.until(/\r\n\r\n/)
    client.socket.end()
    const answer = await client.closed()
    expect(statusesOf(answer)).toEqual(statuses)
    expect(answer).toMatch(also)
    if ((statuses[0] ?? 0) >= 400)
      expect(answer).toMatch(/^content-type: application\/problem\+json\r$/m)
    expect(answer).not.toMatch(/ at |node:|Error:/)
  })
})

describe('on one connection', () => {
  const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'

  it('answers pipelined requests in their order', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await rawAnswer(port, `${later}${GET}GET /b HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(statusesOf(answer)).toEqual([200, 200, 404])
    expect(answer.indexOf('later')).toBeLessThan(answer.indexOf('\r\n\r\nA'))
  })

  it('finds what is malformed behind what is not', async () => {
    const answer = await rawAnswer(port, `${GET}FOO /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(statusesOf(answer)).toEqual([200, 501])
  })

  it('never sends a refusal in the place of an answer that is still due', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await rawAnswer(port, `${later}FOO /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    // one after the other, or, where the parser has come to the second already, none
    expect(statusesOf(answer)).toEqual(listener === 'native' ? [200, 501] : [])
  })

  it('looks at nothing behind a message it has refused', async () => {
    const answer = await rawAnswer(port, `GET /a HTTP/1.1\r\n\r\n${GET}`)
    expect(statusesOf(answer)).toEqual([400])
  })

  it('runs pipelined requests one by one, or a hundred at once and leaves the rest to another connection', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const last = `GET /a HTTP/1.1\r\n${CLOSE}\r\n`
    const answer = await rawAnswer(port, later.repeat(150) + last)
    expect(statusesOf(answer)).toHaveLength(listener === 'native' ? 151 : 100)
    expect(answer.match(/connection: close/g)).toHaveLength(1)
  })

  it('does not upgrade: it answers, and closes', async () => {
    const upgrade =
      'GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    const answer = await rawAnswer(port, upgrade + GET)
    expect(statusesOf(answer)).toEqual([200])
    expect(answer).toMatch(/^connection: close\r$/m)
  })

  it('keeps it open after an answer that is about the route only', async () => {
    const client = new RawClient(port).send('GET /none HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until(/404/)
    client.send(`DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until(/405/)
    client.send(`GET /a HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(statusesOf(await client.closed())).toEqual([404, 405, 200])
  })

  it('counts what it refused', () => {
    expect(app.stats().refused).toBeGreaterThan(20)
    expect(app.stats().errors).toBe(0)
  })
})

it('redirects to no other host: a backslash is a slash to browsers', async () => {
  const app = createServer({ port: 0, redirectTrailingSlash: true })
  app.get('/:page', (c) => c.params.page).get('/:page/:part', () => 'x')
  const { port } = await app.listen()
  for (const path of ['//evil.example/', '/\\evil.example/', '/\\/evil.example/']) {
    const answer = await rawAnswer(port, `GET ${path} HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(answer).not.toMatch(/^location:/m)
  }
  const answer = await rawAnswer(port, `GET /good/ HTTP/1.1\r\n${CLOSE}\r\n`)
  expect(answer).toMatch(/^location: \/good\r$/m)
  await app.close()
})
