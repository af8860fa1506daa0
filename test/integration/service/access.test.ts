import { afterEach, describe, expect, test } from 'vitest'
import type { Access, Scope } from '../../../src/service/access.js'
import { DataService } from '../../support/data-service.js'

let service: DataService
afterEach(() => service.close())

/** `Bearer read` may read, and so on; anywhere but in `secret`. */
const BY_SCOPE: Access = {
  isOpen: false,
  check(authorization, scope, namespace) {
    const token = /^Bearer (\w+)$/.exec(authorization ?? '')?.[1]
    if (token === undefined || !['read', 'write', 'purge', 'admin'].includes(token)) {
      return 'unauthorized'
    }
    if (token === 'admin') return 'allowed'
    return token === scope && namespace !== 'secret' ? 'allowed' : 'forbidden'
  },
}

interface Row {
  readonly method: string
  readonly path: string
  readonly body?: string
  readonly scopes: readonly Scope[]
}

const ROWS: readonly Row[] = [
  { method: 'GET', path: '/v1/shop/a', scopes: ['read'] },
  { method: 'HEAD', path: '/v1/shop/a', scopes: ['read'] },
  { method: 'GET', path: '/v1/shop/b?lease=100ms', scopes: ['write'] },
  { method: 'PUT', path: '/v1/shop/a', body: '1', scopes: ['write'] },
  { method: 'DELETE', path: '/v1/shop/x', scopes: ['write', 'purge'] },
  { method: 'POST', path: '/v1/shop/_get', body: '{"keys":[]}', scopes: ['read'] },
  { method: 'POST', path: '/v1/shop/_set', body: '{"entries":[]}', scopes: ['write'] },
  { method: 'POST', path: '/v1/shop/_purge', body: '{"tags":[]}', scopes: ['purge'] },
]

describe.each(ROWS)('$method $path', ({ method, path, body, scopes }) => {
  const ask = async (authorization?: string, where = path): Promise<number> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (authorization !== undefined) headers['authorization'] = authorization
    const answer = await service.ask(where, { method, headers, body: body ?? null })
    await answer.arrayBuffer()
    return answer.status
  }

  test('is for those who may, and for nobody else', async () => {
    service = await DataService.open({ access: BY_SCOPE })
    await service.cache.namespace('shop').set('a', 1)
    for (const scope of ['read', 'write', 'purge'] as const) {
      const status = await ask(`Bearer ${scope}`)
      if (scopes.includes(scope)) expect([401, 403]).not.toContain(status)
      else expect(status).toBe(403)
    }
    expect([401, 403]).not.toContain(await ask('Bearer admin'))
    for (const none of [undefined, 'Bearer', 'Bearer nobody', 'Basic cmVhZA==']) {
      expect(await ask(none)).toBe(401)
    }
    expect(await ask(`Bearer ${scopes[0]}`, path.replace('shop', 'secret'))).toBe(403)
  })
})

test('a refusal says what is needed, and nothing of what is there', async () => {
  service = await DataService.open({ access: BY_SCOPE })
  await service.cache.namespace('shop').set('a', 'a secret')
  const headers = { 'request-id': 'trace-7' }
  const there = await service.ask('/v1/shop/a', { headers })
  const missing = await service.ask('/v1/shop/b', { headers })
  expect(there.headers.get('www-authenticate')).toBe('Bearer')
  expect(there.headers.get('cache-control')).toBe('no-store')
  expect(await there.text()).toBe(await missing.text())
  expect(there.headers.get('request-id')).toBe('trace-7')
})

test('tells a token that is missing from one that is wrong, and shows neither', async () => {
  service = await DataService.open({ access: BY_SCOPE })
  const detailOf = async (headers: Record<string, string>): Promise<unknown> =>
    ((await (await service.ask('/v1/shop/a', { headers })).json()) as { detail?: unknown }).detail
  expect(await detailOf({})).toBe('send Authorization: Bearer <token>')
  const wrong = 'what Authorization holds is no token that is known here'
  expect(await detailOf({ authorization: 'Bearer nobody' })).toBe(wrong)
})

test('with tokens nothing is answered but by what the request is allowed', async () => {
  service = await DataService.open({ access: BY_SCOPE })
  await service.cache.namespace('shop').set('a', 1)
  const headers = { authorization: 'Bearer read' }
  const etag = (await service.ask('/v1/shop/a', { headers })).headers.get('etag') ?? ''
  for (let i = 0; i < 3; i++) {
    expect((await service.ask('/v1/shop/a', { headers })).status).toBe(200)
    expect((await service.ask('/v1/shop/a')).status).toBe(401)
    const known = await service.ask('/v1/shop/a', { headers: { 'if-none-match': etag } })
    expect(known.status).toBe(401)
  }
  expect(service.hits()).toBe(0)
  const known = await service.ask('/v1/shop/a', { headers: { ...headers, 'if-none-match': etag } })
  expect(known.status).toBe(304)
  expect(known.headers.has('request-id')).toBe(true)
  const head = await service.ask('/v1/shop/a', { method: 'HEAD', headers })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '1'])
  const part = await service.ask('/v1/shop/a', { headers: { ...headers, range: 'bytes=0-0' } })
  expect([part.status, await part.text()]).toEqual([206, '1'])
  expect((await service.ask('/healthz')).status).toBe(200)
})

test.each(['cross-site', 'same-site'])('a page that is %s is refused everything', async (site) => {
  service = await DataService.open()
  await service.cache.namespace('shop').set('a', 1)
  for (const { method, path, body } of ROWS) {
    const headers = { 'content-type': 'application/json', 'sec-fetch-site': site }
    const answer = await service.ask(path, { method, headers, body: body ?? null })
    expect([method, path, answer.status]).toEqual([method, path, 403])
  }
  expect(await service.cache.namespace('shop').get('a')).toBe(1)
})

test('a preflight of a page of another site is not answered as it would like', async () => {
  service = await DataService.open()
  const headers = { origin: 'http://evil.example', 'access-control-request-method': 'PUT' }
  const answer = await service.ask('/v1/shop/a', { method: 'OPTIONS', headers })
  expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})

test.each([
  ['Request-Id', 'abc-1.2_3', true],
  ['X-Request-Id', 'abc', true],
  ['Request-Id', 'a b', false],
  ['Request-Id', 'x'.repeat(129), false],
  ['Request-Id', '<script>', false],
])('the id of a request in %s: %s', async (name, id, isTaken) => {
  service = await DataService.open()
  const answer = await service.put('/v1/shop/_a', 1, { [name]: id })
  const told = answer.headers.get('request-id')
  if (isTaken) expect(told).toBe(id)
  else expect(told).toMatch(/^[\w-]{12}$/)
  expect(await answer.json()).toMatchObject({ instance: told })
  // also where the answer might have been kept
  const missing = await service.ask('/v1/shop/missing', { headers: { [name]: id } })
  if (isTaken) expect(missing.headers.get('request-id')).toBe(id)
})
