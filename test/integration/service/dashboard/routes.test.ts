import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { StatsView } from '../../../../src/service/dashboard/stats-view.js'
import { ask, open } from '../../../support/http-client.js'
import { openService, type OpenedService } from '../../../support/open-service.js'

const ADMIN = 'token-of-an-admin'
const READER = 'token-of-a-reader'
const TOKENS = [
  { token: ADMIN, scopes: ['admin'] },
  { token: READER, scopes: ['read'] },
] as const

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const GZIP = { 'accept-encoding': 'gzip' }

const opened: OpenedService[] = []

afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]()
})

async function start(options: Parameters<typeof openService>[0] = {}): Promise<OpenedService> {
  const one = await openService(options)
  opened.push(one)
  return one
}

function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}

/** What the page names. */
function filesOf(page: string): string[] {
  return [...page.matchAll(/(?:src|href)="(assets\/[\w.]+)"/g)].map(([, file]) => `/${file}`)
}

/** The data of the events, as they come. */
async function* eventsOf(answer: IncomingMessage): AsyncGenerator<StatsView> {
  let text = ''
  for await (const chunk of answer) {
    text += String(chunk)
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1]
      if (data !== undefined) yield JSON.parse(data) as StatsView
      text = text.slice(end + 2)
    }
  }
}

describe('the page and its files', () => {
  test('are all there, under a policy that allows no other script or style', async () => {
    const { adminPort } = await start()
    const page = await ask(adminPort, '/')
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    const files = filesOf(page.body)
    expect(files.length).toBeGreaterThan(10)
    for (const file of ['/', ...files]) {
      const { status, headers } = await ask(adminPort, file)
      expect([file, status]).toEqual([file, 200])
      expect(headers['content-security-policy']).toBe(POLICY)
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
    expect(page.body).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/)
  })

  test('the page loads every module that its scripts import, at once', async () => {
    const { adminPort } = await start()
    const files = filesOf((await ask(adminPort, '/')).body)
    const scripts = files.filter((file) => file.endsWith('.js'))
    for (const file of scripts) {
      const { body } = await ask(adminPort, file)
      const imported = [...body.matchAll(/from '\.\/([\w.]+)'/g)].map(
        ([, name]) => `/assets/${name}`,
      )
      expect(scripts).toEqual(expect.arrayContaining(imported))
    }
  })

  test('are less than 60 kB in gzip, all together', async () => {
    const { adminPort } = await start()
    const files = ['/', ...filesOf((await ask(adminPort, '/')).body)]
    let bytes = 0
    for (const file of new Set(files)) {
      const packed = await ask(adminPort, file, { headers: GZIP })
      const plain = await ask(adminPort, file)
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' })
      expect(gunzipSync(packed.bytes).equals(plain.bytes)).toBe(true)
      expect(packed.headers.etag).not.toBe(plain.headers.etag)
      bytes += packed.bytes.length
    }
    expect(bytes).toBeLessThan(60_000)
  })

  test('are not sent again to who has them', async () => {
    const { adminPort } = await start()
    const first = await ask(adminPort, '/assets/main.js', { headers: GZIP })
    const etag = first.headers.etag ?? ''
    const known = { ...GZIP, 'if-none-match': etag }
    const again = await ask(adminPort, '/assets/main.js', { headers: known })
    expect([again.status, again.bytes.length, again.headers.etag]).toEqual([304, 0, etag])
    const plain = await ask(adminPort, '/assets/main.js', { headers: { 'if-none-match': etag } })
    expect(plain.status).toBe(200)
  })

  test.each(['/assets/none.js', '/assets/..%2fassets.ts', '/assets/tsconfig.json'])(
    '%s is no file of it',
    async (path) => {
      const { adminPort } = await start()
      const { status, headers } = await ask(adminPort, path)
      expect([status, headers['content-type']]).toEqual([404, 'application/problem+json'])
    },
  )

  test('are for everybody, what they show is for admins', async () => {
    const { adminPort } = await start({ tokens: TOKENS })
    const statusOf = async (path: string, headers = {}): Promise<number> =>
      (await ask(adminPort, path, { headers })).status
    expect(await statusOf('/')).toBe(200)
    expect(await statusOf('/assets/main.js')).toBe(200)
    for (const path of ['/stats', '/events']) {
      expect(await statusOf(path)).toBe(401)
      expect(await statusOf(path, bearer('token-of-nobody-here'))).toBe(401)
      expect(await statusOf(path, bearer(READER))).toBe(403)
    }
    expect(await statusOf('/stats', bearer(ADMIN))).toBe(200)
  })

  test('what they show is not for pages of other sites', async () => {
    const { adminPort } = await start()
    for (const path of ['/stats', '/events']) {
      const { status } = await ask(adminPort, path, { headers: { 'sec-fetch-site': 'cross-site' } })
      expect(status).toBe(403)
    }
  })
})

describe('what the page shows', () => {
  test('a read of the data API is one of its namespace and key, with an answer at hand or without', async () => {
    const { adminPort, cacheOf, data } = await start()
    await cacheOf('shop').set('a/b', { price: 1 })
    for (let i = 0; i < 50; i++) await (await fetch(`${data}/v1/shop/a%2Fb`)).text()
    await (await fetch(`${data}/v1/shop/none`)).text()
    const stats = async (): Promise<StatsView> =>
      JSON.parse((await ask(adminPort, '/stats')).body) as StatsView
    const { namespaces, hotKeys, latency } = await stats()
    const shop = namespaces.find(({ name }) => name === 'shop')
    const sum = (tiers: object = {}): number =>
      Object.values(tiers).reduce((total: number, count: number) => total + count, 0)
    expect(sum(shop?.reads.hit)).toBe(50)
    expect(sum(shop?.reads.miss)).toBe(1)
    expect(hotKeys.map(({ name, key, reads }) => ({ name, key, reads }))).toEqual([
      { name: 'shop', key: 'a/b', reads: 50 },
      { name: 'shop', key: 'none', reads: 1 },
    ])
    const root = namespaces.find(({ name }) => name === undefined)
    expect([sum(root?.reads.hit), sum(root?.reads.miss)]).toEqual([0, 0])
    expect(latency.requests?.count).toBeGreaterThanOrEqual(2)
    // an answer is made, not loaded
    expect(latency.loads).toBeUndefined()
  })

  test('a load of a client with a lease is timed, and told without what it brought', async () => {
    const { adminPort, data } = await start()
    const place = `${data}/v1/shop/a`
    const missed = await fetch(`${place}?lease=5s`)
    const [token = ''] = (missed.headers.get('strata-lease') ?? '').split(';')
    await missed.arrayBuffer()
    const stored = await fetch(place, {
      method: 'PUT',
      body: 'a secret',
      headers: { 'strata-lease': token },
    })
    expect(stored.status).toBe(204)
    const { body } = await ask(adminPort, '/stats')
    const { slowLoads, latency } = JSON.parse(body) as StatsView
    expect(slowLoads.map(({ name, key, failed }) => ({ name, key, failed }))).toEqual([
      { name: 'shop', key: 'a', failed: false },
    ])
    expect(latency.loads?.count).toBe(1)
    expect(body).not.toContain('secret')
    expect(body).not.toContain(token)
  })

  test('comes as an event at once, then each second', async () => {
    const { adminPort } = await start()
    const answer = await open(adminPort, '/events')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
    })
    const events = eventsOf(answer)
    const first = (await events.next()).value as StatsView
    const second = (await events.next()).value as StatsView
    expect(second.uptime).toBeGreaterThan(first.uptime)
    answer.destroy()
  })

  test('is followed by as many as may, and a place that is left is free again', async () => {
    const { adminPort } = await start()
    const first = await open(adminPort, '/events')
    const others = await Promise.all(Array.from({ length: 31 }, () => open(adminPort, '/events')))
    // each is counted when its first event is made
    await Promise.all([first, ...others].map((answer) => once(answer, 'data')))
    const refused = await ask(adminPort, '/events')
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '10'])
    expect(refused.body).toContain('too-many-followers')
    first.destroy()
    await expect
      .poll(
        async () => {
          const answer = await open(adminPort, '/events')
          answer.destroy()
          return answer.statusCode
        },
        { timeout: 10_000 },
      )
      .toBe(200)
    for (const answer of others) answer.destroy()
  })

  test.each(['/events', '/tail'])(
    '%s ends when tokens change, and when the service is closed',
    async (path) => {
      const options = { port: 0, adminPort: 0, logLevel: 'silent' } as const
      const { adminPort, service } = await start({ tokens: TOKENS })
      const follow = async (token: string): Promise<{ ended: Promise<unknown> }> => {
        const answer = await open(adminPort, path, { headers: bearer(token) })
        await once(answer, 'data')
        return { ended: once(answer.resume(), 'end') }
      }
      const before = await follow(ADMIN)
      const renewed = 'another-token-of-an-admin'
      await service.reload({ ...options, tokens: [{ token: renewed, scopes: ['admin'] }] })
      await before.ended
      expect((await ask(adminPort, path, { headers: bearer(ADMIN) })).status).toBe(401)
      const after = await follow(renewed)
      await service.close()
      await after.ended
    },
  )
})
