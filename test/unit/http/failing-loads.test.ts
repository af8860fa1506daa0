import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assembleCache } from '../../../src/create-cache.js'
import type { Visit } from '../../../src/http/exchange.js'
import type { HttpRequest, HttpResponse } from '../../../src/http/message.js'
import type { Cache } from '../../../src/index.js'
import { gate } from '../../support/gate.js'
import { ManualClock } from '../../support/manual-clock.js'
import { get, ok, type Seen, Site } from '../../support/origin.js'

let clock: ManualClock
let cache: Cache
let site: Site

beforeEach(() => {
  clock = new ManualClock({ wall: Date.UTC(2026, 0, 1, 12) })
  cache = assembleCache({ logger: false }, { clock })
  site = new Site(cache)
})
afterEach(() => cache.close())

const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
}

const fails = async (): Promise<HttpResponse> => {
  throw new Error('no database')
}

/** A request that may be given what is stale when the origin fails (RFC 5861 section 4). */
const lenient: HttpRequest = get('/a', { 'cache-control': 'stale-if-error=1000' })

/** It fails for a reason of its own. */
const own: Partial<Visit> = { isOwnError: () => true }

/** A page that has been stored and is stale now. */
async function stale(control = 'max-age=10'): Promise<void> {
  site.answers(ok('old', { 'cache-control': control }))
  await site.ask(get('/a'))
  clock.advance(11_000)
  site.asked.length = 0
}

interface Waiting {
  readonly leader: HttpRequest
  /** How the leader's request ends. */
  readonly first: () => HttpResponse | Promise<HttpResponse>
  /** And those after it. */
  readonly next: () => HttpResponse | Promise<HttpResponse>
  readonly waiter: HttpRequest
  readonly more?: Partial<Visit>
}

/** What the one who asked is given, and one who waited with him. */
async function both({
  leader,
  first,
  next,
  waiter,
  more = {},
}: Waiting): Promise<PromiseSettledResult<Seen>[]> {
  const go = gate()
  let isFirst = true
  site.answer = async () => {
    if (!isFirst) return await next()
    isFirst = false
    await go.promise
    return await first()
  }
  const asked = [site.ask(leader, { ...own, ...more })]
  await turns()
  asked.push(site.ask(waiter, more))
  await turns()
  expect(site.asked).toHaveLength(1)
  go.open()
  const ends = await Promise.allSettled(asked)
  await turns()
  return ends
}

const gave = (body: string, status = 200) => ({ status: 'fulfilled', value: { status, body } })
const failed = { status: 'rejected', reason: new Error('no database') }
const fresh = (): HttpResponse => ok('new', { 'cache-control': 'max-age=10' })

describe('an error that may be the leader’s own', () => {
  test('is his; who waits asks for himself', async () => {
    await stale()
    const plain = get('/a')
    const ends = await both({ leader: plain, first: fails, next: fresh, waiter: plain })
    expect(ends).toMatchObject([failed, gave('new')])
  })

  test('is not told to others because he may be given what is stale', async () => {
    await stale()
    const ends = await both({ leader: lenient, first: fails, next: fresh, waiter: get('/a') })
    expect(ends).toMatchObject([gave('old'), gave('new')])
  })

  test('leaves to a waiter what is stale, if his own request fails as well and he may', async () => {
    for (const next of [fails, () => ok('sorry', {}, 503)]) {
      await stale()
      const ends = await both({ leader: get('/a'), first: fails, next, waiter: lenient })
      expect(ends).toMatchObject([failed, gave('old')])
      expect(site.asked).toHaveLength(2)
    }
  })

  test('is a waiter’s as well, if his own request fails and he may not', async () => {
    await stale()
    const plain = get('/a')
    const ends = await both({ leader: plain, first: fails, next: fails, waiter: plain })
    expect(ends).toMatchObject([failed, failed])
  })

  test('keeps nobody from asking again at once', async () => {
    await stale('max-age=10, stale-while-revalidate=60, stale-if-error=60')
    site.answer = fails
    expect((await site.ask(get('/a'), own)).body).toBe('old')
    await turns()
    site.answer = fresh
    expect((await site.ask(get('/a'))).body).toBe('old')
    await turns()
    expect((await site.ask(get('/a'))).body).toBe('new')
  })

  test('is served as nothing but stale to those who come while it is revalidated', async () => {
    await stale('max-age=10, stale-while-revalidate=60')
    const go = gate()
    site.answer = async () => {
      await go.promise
      return await fails()
    }
    expect((await site.ask(get('/a'), own)).body).toBe('old')
    const strict = site.ask(get('/a', { 'cache-control': 'max-age=0' }))
    await turns()
    site.answer = fresh
    go.open()
    expect((await strict).body).toBe('new')
  })
})

test('a status that is the leader’s own keeps nobody from asking again at once either', async () => {
  await stale('max-age=10, stale-if-error=60')
  const unshareable = (): string => 'unkeyed-input'
  site.answers(ok('sorry', {}, 503), fresh())
  expect((await site.ask(get('/a'), { unshareable })).body).toBe('old')
  expect((await site.ask(get('/a'))).body).toBe('new')
})

describe('an error that is everybody’s', () => {
  const shared = { isOwnError: () => false }

  test('is told to those who may be given nothing else', async () => {
    await stale()
    const ends = await both({
      leader: get('/a'),
      first: fails,
      next: fresh,
      waiter: lenient,
      more: shared,
    })
    expect(ends).toMatchObject([failed, gave('old')])
    expect(site.asked).toHaveLength(1)
  })

  test('is no reason to ask again for those who may be given what is stale: a status', async () => {
    await stale()
    const sorry = () => ok('sorry', {}, 503)
    const ends = await both({ leader: get('/a'), first: sorry, next: fresh, waiter: lenient })
    expect(ends).toMatchObject([gave('sorry', 503), gave('old')])
    expect(site.asked).toHaveLength(1)
  })

  test('lets who may not be given what is stale ask for himself: a status', async () => {
    await stale()
    const sorry = () => ok('sorry', {}, 503)
    const ends = await both({ leader: lenient, first: sorry, next: fresh, waiter: get('/a') })
    expect(ends).toMatchObject([gave('old'), gave('new')])
  })

  test('says so', async () => {
    await stale()
    const [, waited] = await both({
      leader: get('/a'),
      first: fails,
      next: fails,
      waiter: lenient,
    })
    expect(waited?.status === 'fulfilled' && waited.value.headers('cache-status')).toBe(
      'strata; hit; ttl=-1; detail=stale-if-error',
    )
  })
})

describe('a key of which the last response was for one client', () => {
  const isPrivate = ({ fields }: HttpRequest): boolean => fields.includes('cookie')
  const mixed = (request: HttpRequest): HttpResponse =>
    ok(isPrivate(request) ? 'mine' : 'page', {
      'cache-control': isPrivate(request) ? 'private' : 'max-age=60',
    })
  const mine = get('/a', { cookie: 'id=1' })

  test('is stored as soon as one comes that is for others', async () => {
    site.answer = mixed
    expect((await site.ask(mine)).body).toBe('mine')
    for (let i = 0; i < 3; i++) expect((await site.ask(get('/a'))).body).toBe('page')
    expect(site.asked).toHaveLength(2)
  })

  test('is stored although others for one client are asked for at all times', async () => {
    const slow = gate()
    site.answer = async (request) => {
      if (isPrivate(request)) await slow.promise
      return mixed(request)
    }
    const first = site.ask(mine)
    await turns()
    slow.open()
    await first
    const again = gate()
    site.answer = async (request) => {
      if (isPrivate(request)) await again.promise
      return mixed(request)
    }
    const attack = [1, 2, 3].map(() => site.ask(mine))
    await turns()
    expect((await site.ask(get('/a'))).body).toBe('page')
    attack.push(site.ask(mine))
    await turns()
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
    again.open()
    await Promise.all(attack)
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
  })

  test('waits for one again after ten seconds, whatever came meanwhile', async () => {
    let running = 0
    let most = 0
    site.answer = async (request) => {
      most = Math.max(most, ++running)
      await turns()
      running--
      return mixed(request)
    }
    await site.ask(mine)
    clock.advance(9_000)
    await Promise.all([1, 2, 3].map(() => site.ask(mine)))
    expect(most).toBe(3)
    clock.advance(1_000)
    most = 0
    await Promise.all([1, 2, 3].map(() => site.ask(get('/a'))))
    expect(most).toBe(1)
  })

  test('is no place to store a response that was invalidated while it was made', async () => {
    site.answer = mixed
    await site.ask(mine)
    const go = gate()
    site.answer = async (request) => {
      await go.promise
      return mixed(request)
    }
    const old = site.ask(get('/a'))
    await turns()
    await cache.invalidateTags('url:http://example.com/a')
    go.open()
    expect((await old).body).toBe('page')
    site.answers(ok('new', { 'cache-control': 'max-age=60' }))
    expect((await site.ask(get('/a'))).body).toBe('new')
  })
})
