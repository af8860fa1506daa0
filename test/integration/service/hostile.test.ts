import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Access } from '../../../src/service/access.js'
import { DataService, withQuota } from '../../support/data-service.js'
import { Dice } from '../../support/dice.js'
import { mangled } from '../../support/mangled.js'
import { RawClient, rawAnswer, statusesOf } from '../../support/raw-http.js'

/** What no answer to anybody but its owner may have in it. */
const VALUE = 'a-value-that-is-nobody-elses'
const TOKEN = 'a-token-that-is-nobody-elses'

const TOKENS: Access = {
  isOpen: false,
  check: (authorization, scope) => {
    if (authorization === `Bearer ${TOKEN}`) return 'allowed'
    return authorization === 'Bearer reader' && scope === 'read' ? 'forbidden' : 'unauthorized'
  },
}

let service: DataService
afterEach(() => service.close())

/** Statuses there are; 500 is not among them. */
const KNOWN = new Set([
  100, 200, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 409, 412, 413, 414, 415, 416, 417,
  421, 422, 431, 501, 503, 505, 507,
])

/** What is of this machine or this program. */
const LEAK =
  /\bat (?:\w|<|async )[^\n]*:\d+|node:|node_modules|src\/|\.ts:|\.js:|TypeError|RangeError|SyntaxError|InvalidOptionError/

async function survives(): Promise<void> {
  expect(service.faults).toEqual([])
  for (const server of service.servers) expect(server.stats().errors).toBe(0)
  const headers = { authorization: `Bearer ${TOKEN}` }
  const got = await service.ask('/v1/vault/secret', { headers })
  expect([got.status, await got.text()]).toEqual([200, JSON.stringify(VALUE)])
  expect((await service.ask('/healthz')).status).toBe(200)
}

function judged(answer: string, sent: string): void {
  for (const status of statusesOf(answer)) {
    expect(KNOWN.has(status), `${status} for ${JSON.stringify(sent)}`).toBe(true)
  }
  expect(answer, JSON.stringify(sent)).not.toMatch(LEAK)
}

const METHODS = ['GET', 'HEAD', 'PUT', 'DELETE', 'POST', 'PATCH', 'OPTIONS', 'TRACE', 'PURGE']

const PATHS = [
  '/v1/shop/a',
  '/v1/shop/_get',
  '/v1/shop/_set',
  '/v1/shop/_purge',
  '/v1/shop/',
  '/v1/shop',
  '/v1//a',
  '/v1/_x/a',
  '/v1/http/a',
  '/v1/shop/a%2Fb',
  '/v1/shop/%2e%2e/b',
  '/v1/shop/../../etc/passwd',
  '/v1/shop/%00',
  '/v1/shop/%ff',
  '/v1/shop/%F0%9F%92%A9',
  '/v1/shop/%ED%A0%80',
  '/v1/shop//',
  '/v1/shop/a?lease',
  '/v1/shop/a?lease=1s&wait=0',
  '/v1/shop/a?lease=9999999999s',
  '/v1/shop/a?lease=%00',
  '/v1/shop/a?lease=a&lease=b&wait=NaN',
  '/v1/__proto__/constructor',
  '/v1/shop/__proto__',
  '/v1/constructor/prototype',
  '/v1/shop/<script>',
  `/v1/shop/${'k'.repeat(1_500)}`,
  `/v1/${'n'.repeat(300)}/a`,
  `/v1/shop/${'a/'.repeat(200)}`,
  '/healthz',
  '/',
  '*',
  '/v1/shop/http|1|x',
] as const

const FIELDS = [
  'If-Match: *',
  'If-Match: "a", W/"b',
  'If-None-Match: *',
  'If-None-Match: "',
  'If-Match: \xff',
  'Cache-Control: max-age=1e9',
  'Cache-Control: max-age=99999999999999999999',
  'Cache-Control: no-store',
  'Cache-Control: ,,,=;"',
  'Cache-Tag: a, b',
  'Cache-Tag: \xff\xfe',
  `Cache-Tag: ${'t,'.repeat(2_000)}`,
  `Cache-Tag: ${'t'.repeat(5_000)}`,
  'Content-Type: application/json',
  'Content-Type: application/json; charset=utf-16',
  'Content-Type: application/vnd.msgpack',
  'Content-Type: text/html',
  'Content-Type: ;;;',
  `Content-Type: a/${'b'.repeat(400)}`,
  'Content-Type: a/b; \xff',
  'Content-Encoding: gzip',
  'Accept: application/vnd.msgpack',
  'Accept: text/html;q=2',
  `Accept: ${'a/b,'.repeat(1_000)}`,
  'Accept: \xff',
  'Range: bytes=0-',
  'Range: bytes=5-1',
  'Range: bytes=-0',
  `Range: bytes=${'0-1,'.repeat(500)}`,
  'Range: lines=1-2',
  'If-Range: "x"',
  'Strata-Lease: x',
  'Strata-Lease: ; ttl=5',
  `Strata-Lease: ${'x'.repeat(3_000)}`,
  'Sec-Fetch-Site: cross-site',
  'Sec-Fetch-Site: \xff',
  'Request-Id: <b>',
  'Authorization: Bearer reader',
  'Authorization: Bearer ',
  'Authorization: Basic Og==',
  `Authorization: Bearer ${'x'.repeat(4_000)}`,
  'Authorization: Bearer \xff\xff',
  'Cookie: a=b',
  'Expect: 100-continue',
  'Upgrade: websocket',
] as const

const BODIES = [
  '',
  '1',
  'null',
  '{}',
  '[]',
  '{"keys":["a"]}',
  '{"keys":["__proto__","constructor"]}',
  '{"keys":[null,{},[]]}',
  '{"entries":[{"key":"a","value":1}]}',
  '{"entries":[{"key":"__proto__","value":{"__proto__":{"x":1}}},{"__proto__":{"key":"a","value":1}}]}',
  '{"tags":["t"],"keys":["a"]}',
  '{"all":true}',
  '{"__proto__":{"all":true}}',
  '{"keys":',
  '\xff\xfe',
  '\0\0\0\0',
  '['.repeat(20_000),
  '{"a":'.repeat(20_000),
  `"${'x'.repeat(100_000)}"`,
  '"\\ud800"',
  '1e999',
  '-0',
  '\xdd\xff\xff\xff\xff',
  '\xc1',
  `${'\x91'.repeat(5_000)}`,
  '{"entries":[{"key":"a","base64":"////","type":"application/vnd.msgpack"}]}',
] as const

function message(dice: Dice): string {
  const lines = [
    `${dice.pick(METHODS)} ${dice.pick(PATHS)} HTTP/1.1`,
    'Host: x',
    'Connection: close',
  ]
  for (let fields = dice.int(0, 4); fields > 0; fields--) lines.push(dice.pick(FIELDS))
  const body = dice.pick(BODIES)
  if (dice.chance(0.2)) {
    const chunk = `${body.length.toString(16)}\r\n${body}\r\n`
    return [
      ...lines,
      'Transfer-Encoding: chunked',
      '',
      body === '' ? '0\r\n\r\n' : `${chunk}0\r\n\r\n`,
    ].join('\r\n')
  }
  return [...lines, `Content-Length: ${body.length}`, '', body].join('\r\n')
}

describe.each([
  ['without tokens', undefined],
  ['with tokens', TOKENS],
] as const)('what strangers send, %s', (_, access) => {
  beforeEach(async () => {
    service = await DataService.open({
      ...(access && { access }),
      settings: { maxValue: 200_000, namespaces: new Map([['shop', withQuota({ entries: 50 })]]) },
    })
    await service.cache.namespace('vault').set('secret', VALUE, { ttl: '1h' })
  })

  test('is answered as it should, and harms nobody', async () => {
    const dice = new Dice(20_261_128)
    for (let round = 0; round < 60; round++) {
      const sent = Array.from({ length: 10 }, () => {
        const whole = message(dice)
        return dice.chance(0.3) ? mangled(whole, dice) : whole
      })
      const answers = await Promise.all(
        sent.map(async (one) => {
          const client = new RawClient(service.port(dice.pick([0, 1]))).send(one)
          client.socket.end()
          const answer = await client.closed()
          client.end()
          return answer
        }),
      )
      for (const [i, answer] of answers.entries()) {
        judged(answer, sent[i] as string)
        expect(answer).not.toContain(VALUE)
        expect(answer).not.toContain(TOKEN)
      }
    }
    await survives()
  })

  test('in whole is answered once, with a problem where it is refused', async () => {
    const dice = new Dice(7)
    for (let i = 0; i < 200; i++) {
      const sent = message(dice)
      const answer = await rawAnswer(service.port(), sent)
      judged(answer, sent)
      const status = statusesOf(answer).find((one) => one !== 100) ?? 0
      if (status >= 400 && !sent.startsWith('HEAD') && status !== 412 && status !== 416) {
        expect(answer, JSON.stringify(sent)).toMatch(
          /^content-type: application\/problem\+json\r$/m,
        )
        expect(answer).toContain('"title"')
      }
    }
    await survives()
  })
})

test('a body that is announced and does not come holds nobody else up', async () => {
  service = await DataService.open()
  await service.cache.namespace('vault').set('secret', VALUE)
  const head = 'PUT /v1/shop/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n'
  const slow = Array.from({ length: 50 }, () => new RawClient(service.port()).send(head))
  await survives()
  for (const client of slow) client.end()
  expect((await service.ask('/v1/shop/a')).status).toBe(404)
})

test('a body larger than what is taken is refused before it comes', async () => {
  service = await DataService.open()
  const head = `PUT /v1/shop/a HTTP/1.1\r\nHost: x\r\nContent-Length: ${2 ** 40}\r\nExpect: 100-continue\r\n\r\n`
  const client = new RawClient(service.port()).send(head)
  expect(statusesOf(await client.until(/\r\n\r\n/))).toEqual([413])
  client.end()
})
