import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { afterEach, expect, test } from 'vitest'
import { asked, failureOf, Opened, textOf } from '../../support/forwarding.js'

const FIXTURES = new URL('../../fixtures/tls/', import.meta.url)
const cert = readFileSync(new URL('cert.pem', FIXTURES), 'utf8')
const key = readFileSync(new URL('key.pem', FIXTURES), 'utf8')

const opened = new Opened()
afterEach(() => opened.close())

/** An origin that tells which name it was asked for in TLS, and on which connection; and its URL. */
async function https(end: (place: number) => boolean = () => false): Promise<string> {
  let connections = 0
  const places = new WeakMap<object, number>()
  const server = createServer({ cert, key }, (req, res) => {
    const socket = req.socket as TLSSocket & { servername?: string | false }
    const place = (places.get(socket) ?? 0) + 1
    places.set(socket, place)
    if (end(place)) return void socket.destroy()
    res.end(`${String(socket.servername)} ${String(req.headers.host)} ${connections}`)
  })
  server.on('secureConnection', () => connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.add(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('is asked under its own name, whatever Host says, over one connection', async () => {
  const url = await https()
  const tls = { ca: cert, servername: 'origin.example' }
  const origin = await opened.origin(url, { connections: 1, tls })
  for (const authority of ['a.example', 'b.example']) {
    const answer = await origin.forward(asked('/', { authority }))
    expect(await textOf(answer)).toBe(`origin.example ${authority} 1`)
  }
})

test('is asked under no name where it is an address', async () => {
  const origin = await opened.origin(await https(), { tls: { ca: cert } })
  expect(await textOf(await origin.forward(asked()))).toBe('false shop.example 1')
})

test.each<[title: string, tls: object]>([
  ['that nobody vouches for', {}],
  ['for another name', { ca: cert, servername: 'other.example' }],
])('with a certificate %s becomes a 502', async (_, tls) => {
  const origin = await opened.origin(await https(), { tls })
  expect(await failureOf(origin.forward(asked()))).toMatchObject({ status: 502 })
})

test('with any certificate will do where that was said', async () => {
  const origin = await opened.origin(await https(), { tls: { rejectUnauthorized: false } })
  expect((await origin.forward(asked())).status).toBe(200)
})

test('whose connection was closed while idle is asked once more; a new connection is not', async () => {
  const tls = { ca: cert }
  const idle = await opened.origin(await https((place) => place === 2), { connections: 1, tls })
  expect(await textOf(await idle.forward(asked()))).toBe('false shop.example 1')
  expect(await textOf(await idle.forward(asked()))).toBe('false shop.example 2')
  let asks = 0
  const dead = await opened.origin(await https(() => ++asks > 0), { connections: 1, tls })
  expect(await failureOf(dead.forward(asked()))).toMatchObject({ status: 502 })
  expect(asks).toBe(1)
})
