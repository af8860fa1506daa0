import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { createService } from '../../../src/service/index.js'
import { listener } from '../../support/listener.js'
import { ask } from '../../support/http-client.js'

const open: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close()
})

/** An origin whose responses say `cache-control` and `vary` as their query says. */
async function origin(): Promise<{ url: string; asked: () => number }> {
  let asked = 0
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    asked++
    const { searchParams } = new URL(request.url ?? '', 'http://x')
    const vary = searchParams.get('vary')
    response.setHeader('cache-control', searchParams.get('cc') ?? 'no-store')
    if (vary !== null) response.setHeader('vary', vary)
    response.setHeader('etag', '"v1"')
    response.end('hello')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  open.push(() => new Promise((resolve) => server.close(resolve)))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked: () => asked }
}

async function proxy() {
  const { url, asked } = await origin()
  const service = createService({
    native: listener === 'native',
    port: 0,
    adminPort: 0,
    logLevel: 'silent',
    origin: url,
    rules: { '/policy/*': { ttl: '10m', grace: '1h' } },
  })
  await service.listen()
  open.push(() => service.close())
  const { data, admin } = service.addresses
  const explain = async (method: string, path: string, ...headers: string[]): Promise<string> => {
    const query = new URLSearchParams({ method, url: `http://127.0.0.1:${data?.port}${path}` })
    for (const header of headers) query.append('header', header)
    const { body } = await ask(admin?.port ?? 0, `/explain?${query.toString()}`)
    const { steps } = JSON.parse(body) as {
      steps: { step: string; says: string; detail?: string[] }[]
    }
    return steps
      .map(({ step, says, detail = [] }) => [`${step}: ${says}`, ...detail].join('\n'))
      .join('\n')
  }
  return {
    asked,
    explain,
    get: (path: string, headers: Record<string, string> = {}) =>
      ask(data?.port ?? 0, path, { headers }),
    purge: (body: string) =>
      ask(admin?.port ?? 0, '/v1/http/_purge', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
  }
}

it('tells what is not stored, what is fresh, and what was purged, without asking the origin', async () => {
  const { get, explain, purge, asked } = await proxy()
  const path = '/a?cc=max-age%3D600'
  expect(await explain('GET', path)).toMatch(/stored: nothing[^]*forwarded: .*fwd=uri-miss/)
  await get(path)
  const before = asked()
  const fresh = await explain('GET', path)
  expect(fresh).toMatch(/^rule: what responses say of themselves, as HTTP has it/m)
  expect(fresh).toMatch(/^key: http\|1\|http\|/m)
  expect(fresh).toMatch(/^stored: 200, 5 bytes, in memory$/m)
  expect(fresh).toMatch(/^freshness: fresh for 5\d\d s more \(age \d+ s of 600 s\)$/m)
  expect(fresh).toMatch(/^answer: from the cache \(strata; hit; ttl=5\d\d\)$/m)
  await purge('{"all":true}')
  expect(await explain('GET', path)).toMatch(/^answer: forwarded: nothing/m)
  expect(asked()).toBe(before)
})

it.each([
  [
    'max-age=600',
    'GET',
    ['Cache-Control: no-cache'],
    /the request says no-cache[^]*forwarded: the origin is asked whether/,
  ],
  ['max-age=600', 'GET', ['Cache-Control: max-age=0, only-if-cached'], /answer: 504/],
  ['max-age=600', 'HEAD', [], /answer: from the cache/],
  ['max-age=600', 'POST', [], /forwarded: only GET and HEAD[^]*is invalidated when it succeeds/],
  ['max-age=600', 'OPTIONS', [], /forwarded: only GET and HEAD/],
  ['max-age=600', 'GET', ['If-Match: "x"'], /forwarded: it passes by the cache \(condition\)/],
  [
    'no-cache, max-age=600',
    'GET',
    [],
    /no-cache: not used without asking[^]*forwarded: the origin is asked/,
  ],
  [
    'max-age=600, must-revalidate',
    'GET',
    [],
    /must-revalidate: never used stale[^]*from the cache/,
  ],
  [
    'max-age=0, stale-while-revalidate=600',
    'GET',
    [],
    /stale for 0 s[^]*from the cache, stale; the origin is asked behind it/,
  ],
  [
    'max-age=0, stale-if-error=600',
    'GET',
    [],
    /forwarded: [^]*served stale if the origin answers with an error/,
  ],
])('of a response with %s, %s with %j', async (said, method, headers, expected) => {
  const { get, explain } = await proxy()
  const path = `/a?cc=${encodeURIComponent(said)}`
  await get(path)
  expect(await explain(method, path, ...headers)).toMatch(expected)
})

it('tells variants apart', async () => {
  const { get, explain } = await proxy()
  const path = '/a?vary=accept-language&cc=max-age%3D600'
  await get(path, { 'accept-language': 'de' })
  expect(await explain('GET', path, 'Accept-Language: de')).toMatch(
    /^vary: the response is for requests with the same accept-language, as this one$/m,
  )
  expect(await explain('GET', path, 'Accept-Language: fr')).toMatch(
    /this one has another\nvariant: http\|[^]*fwd=vary-miss/,
  )
  await get(path, { 'accept-language': 'fr' })
  expect(await explain('GET', path, 'Accept-Language: fr')).toMatch(/variant: [^]*from the cache/)
})

it('tells of a policy', async () => {
  const { get, explain } = await proxy()
  await get('/policy/a?cc=public')
  const text = await explain('GET', '/policy/a?cc=public')
  expect(text).toMatch(/^rule: a policy \(\/policy\/\*\): fresh for 600 s, then stale for 3600 s$/m)
  expect(text).toMatch(/^answer: from the cache/m)
  expect(await explain('GET', '/policy/a?cc=public', 'Authorization: Bearer x')).toMatch(
    /passes by the cache \(authorization\)/,
  )
  expect(await explain('GET', '/policy/a?cc=public', 'Cookie: a=b')).toMatch(
    /passes by the cache \(cookie\)/,
  )
})

it('says so where there is no origin, and of what it cannot understand', async () => {
  const service = createService({
    native: listener === 'native',
    port: 0,
    adminPort: 0,
    logLevel: 'silent',
  })
  await service.listen()
  open.push(() => service.close())
  const port = service.addresses.admin?.port ?? 0
  const { status, body } = await ask(port, '/explain?method=GET&url=/posts/1')
  expect([status, body]).toEqual([200, expect.stringContaining('this service has none')])
  for (const query of ['', '?url=posts', '?url=/a&method=get', '?url=/a&header=nonsense']) {
    expect([query, (await ask(port, `/explain${query}`)).status]).toEqual([query, 400])
  }
})
