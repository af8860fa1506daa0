import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { insideOf } from '../../../src/cache/cache.js'
import { Engine } from '../../../src/cache/engine.js'
import { Cache } from '../../../src/cache/cache.js'
import { assembleCache } from '../../../src/create-cache.js'
import { Stub } from '../../../src/entry/stub.js'
import type { Fields } from '../../../src/http/fields.js'
import type { Fill } from '../../../src/http/fill.js'
import type { HttpRequest } from '../../../src/http/message.js'
import { NativeResponses } from '../../../src/server/native-responses.js'
import { LocalBus } from '../../../src/bus/local-bus.js'
import { Trust } from '../../../src/bus/trust.js'
import { parseSettings } from '../../../src/cache/settings.js'
import { Voice } from '../../../src/cache/voice.js'
import { FakeNativeStore, type FakeRecord } from '../../support/fake-native-store.js'
import { ManualClock } from '../../support/manual-clock.js'
import { MemoryRemote } from '../../support/memory-remote.js'
import { get, ok, type Seen, Site } from '../../support/origin.js'

let clock: ManualClock
let cache: Cache
let store: FakeNativeStore
let responses: NativeResponses
let site: Site

function open(made: Cache): void {
  cache = made
  store = new FakeNativeStore(clock)
  const there = NativeResponses.of(cache, () => store)
  if (there === undefined) throw new Error('no memory')
  responses = there
  site = new Site(cache)
}

beforeEach(() => {
  clock = new ManualClock({ now: 1_000 })
  open(assembleCache({ logger: false, jitter: 0 }, { clock }))
  site.policy({ ttl: '1m' })
})
afterEach(() => cache.close())

/** What a front does for a request it cannot answer. */
class FakeFill implements Fill {
  readonly token: number
  readonly #came: Fields
  readonly held: Promise<unknown>[] = []
  isAlone = false
  isLetGo = false

  constructor(key: string, came: Fields = []) {
    this.token = store.miss(key, came)
    this.#came = came
  }

  want(namespace: string, key: string, request: HttpRequest): void {
    responses.want(this.token, this.#came, namespace, key, request)
  }

  hold(until: Promise<unknown>): void {
    if (!this.isLetGo) this.held.push(until.catch(() => undefined))
  }

  letGo(): void {
    this.isLetGo = true
  }

  alone(): void {
    this.isAlone = true
  }

  async over(): Promise<void> {
    await Promise.all(this.held)
    responses.end(this.token)
  }
}

/** Asks as a front does that found nothing under `key`. */
async function asked(request: HttpRequest, key = request.target): Promise<[Seen, FakeFill]> {
  const fill = new FakeFill(key, request.fields)
  const answer = await site.ask(request, { fill })
  await fill.over()
  return [answer, fill]
}

const memoryOf = (key: string) => insideOf(cache).space.memory?.peek(key)
const bodyOf = (answer: FakeRecord | 'stale' | undefined): string | undefined =>
  typeof answer === 'object' ? answer.representations[0]?.body.toString() : answer

/** Key of the only response. */
function onlyKey(): string {
  const keys = [...(insideOf(cache).engine.store?.lru.keys() ?? [])]
  expect(keys).toHaveLength(1)
  return keys[0] as string
}

describe('what is kept', () => {
  test('lies in the store, and memory has a stub of it', async () => {
    const [answer] = await asked(get('/a'))
    expect(answer.body).toBe('page')
    expect(bodyOf(store.answer('/a'))).toBe('page')
    expect(memoryOf(onlyKey())?.value).toBeInstanceOf(Stub)
    expect(insideOf(cache).engine.store?.bytes).toBeLessThan(600)
  })

  test('is read through the stub by whoever comes another way', async () => {
    await asked(get('/a'))
    const again = await site.ask(get('/a'))
    expect(again.body).toBe('page')
    expect(again.headers('cache-status')).toBe('strata; hit; ttl=60')
    expect(site.asked).toHaveLength(1)
  })

  test('stays in memory where no front asks for it, and moves out when one does', async () => {
    await site.ask(get('/a'))
    expect(memoryOf(onlyKey())?.value).not.toBeInstanceOf(Stub)
    await asked(get('/a'))
    expect(memoryOf(onlyKey())?.value).toBeInstanceOf(Stub)
    expect(bodyOf(store.answer('/a'))).toBe('page')
    expect(site.asked).toHaveLength(1)
  })

  test('stays in memory when the store refuses it', async () => {
    store.refusesAll = true
    await asked(get('/a'))
    expect(memoryOf(onlyKey())?.value).not.toBeInstanceOf(Stub)
    expect((await site.ask(get('/a'))).headers('cache-status')).toBe('strata; hit; ttl=60')
  })

  test('answers under every key of the front that means the same key of the cache', async () => {
    site.policy({ key: { query: ['a'] } })
    await asked(get('/a?a=1'), 'one')
    await asked(get('/a?a=1&b=2'), 'other')
    expect(bodyOf(store.answer('one'))).toBe('page')
    expect(store.answer('other')).toBe(store.answer('one'))
    expect(site.asked).toHaveLength(1)
  })

  test('answers those under other keys who wait for the same load', async () => {
    site.policy({ key: { query: ['a'] } })
    await Promise.all([asked(get('/a?a=1'), 'one'), asked(get('/a?a=1&b=2'), 'other')])
    expect(site.asked).toHaveLength(1)
    expect(store.answer('other')).toBe(store.answer('one'))
  })

  test('is not put for a request that selects another variant', async () => {
    site.policy({ key: { headers: ['accept-language'] } })
    site.rule = { ...site.rule, key: { ...site.rule.key, headers: [] } }
    site.rule = { ...site.rule, policy: undefined }
    site.answer = ({ fields }) =>
      ok(`in ${fields[1]}`, { 'cache-control': 'max-age=60', vary: 'accept-language' })
    const [de, en] = [
      get('/a', { 'accept-language': 'de' }),
      get('/a', { 'accept-language': 'en' }),
    ]
    await Promise.all([asked(de), asked(en)])
    expect(bodyOf(store.answer('/a', de.fields))).toBe('in de')
    expect(bodyOf(store.answer('/a', en.fields))).toBe('in en')
    expect(store.answer('/a', get('/a').fields)).toBeUndefined()
  })

  test('is not put where what came is not what selected it', async () => {
    site.rule = { ...site.rule, policy: undefined }
    site.answers(ok('page', { 'cache-control': 'max-age=60', vary: 'x-forwarded-for' }))
    const fill = new FakeFill('/a', [])
    await site.ask(get('/a', { 'x-forwarded-for': '192.0.2.1' }), { fill })
    await fill.over()
    expect(store.records.size).toBe(0)
  })

  test('is not put when it may not be answered without a question', async () => {
    site.rule = { ...site.rule, policy: undefined }
    site.answers(ok('page', { 'cache-control': 'max-age=60, no-cache', etag: '"1"' }))
    await asked(get('/a'))
    expect(store.records.size).toBe(0)
  })
})

describe('what ends it', () => {
  const ways: [title: string, end: () => unknown][] = [
    ['invalidateTags', () => cache.invalidateTags('news')],
    ['a soft invalidateTags', () => cache.invalidateTags('news', { soft: true })],
    ['the tag of its route', () => cache.invalidateTags('route:/page')],
    ['clear', () => cache.clear()],
    ['cache.close', () => cache.close()],
  ]
  test.each(ways)('%s', async (_, end) => {
    site.policy({ tags: () => ['news'] })
    await asked(get('/a'))
    expect(store.answer('/a')).toBeDefined()
    const ended = end()
    expect(store.answer('/a')).toBeUndefined() // before the promise has resolved
    await ended
    expect(store.answer('/a')).toBeUndefined()
  })

  test.each(['remove', 'expire'] as const)('an invalidation of its key: %s', async (kind) => {
    await asked(get('/a'))
    const key = onlyKey()
    const { engine, space } = insideOf(cache)
    engine.bus.announce(
      space.name,
      kind === 'remove' ? { kind, keys: [key] } : { kind, key },
      'heard',
    )
    expect(store.answer('/a')).toBeUndefined()
  })

  test('an unsafe request to its URL', async () => {
    await asked(get('/a'))
    await site.ask({ ...get('/a'), method: 'POST' })
    expect(store.answer('/a')).toBeUndefined()
  })

  test('what its handler read', async () => {
    site.policy({})
    const { space } = insideOf(cache)
    await cache.set('post', 1)
    const recorder = site.responses.record()
    const fill = new FakeFill('/a')
    recorder.begin(space, 'post')
    await cache.get('post')
    recorder.end(space, 'post')
    await site.ask(get('/a'), { fill, read: () => recorder.read })
    await fill.over()
    expect(store.answer('/a')).toBeDefined()
    await cache.set('other', 2)
    expect(store.answer('/a')).toBeDefined()
    const deleted = cache.delete('post')
    expect(store.answer('/a')).toBeUndefined()
    await deleted
  })

  test('nothing of another namespace', async () => {
    site.policy({ tags: () => ['news'] })
    await asked(get('/a'))
    const child = cache.namespace('child')
    await child.invalidateTags('news')
    await child.clear()
    expect(store.answer('/a')).toBeDefined()
  })

  test('what began before and ends after an invalidation is not put', async () => {
    site.policy({ tags: () => ['news'] })
    let finish = (): void => {}
    site.answer = () => new Promise((resolve) => (finish = () => resolve(ok('old'))))
    const fill = new FakeFill('/a')
    const asking = site.ask(get('/a'), { fill })
    await new Promise(setImmediate)
    await cache.invalidateTags('news')
    finish()
    await asking
    await fill.over()
    expect(store.records.size).toBe(0)
  })

  test('a newer one, under whatever key of the front', async () => {
    site.policy({ key: { query: ['a'] }, grace: '1m' })
    site.answers(ok('one'), ok('two'))
    await asked(get('/a?a=1'), 'one')
    await asked(get('/a?a=1&b'), 'other')
    clock.advance(61_000)
    expect(store.answer('one')).toBe('stale')
    const [stale] = await asked(get('/a?a=1'), 'one')
    expect(stale.headers('cache-status')).toBe('strata; hit; ttl=-1; detail=stale-while-revalidate')
    expect(bodyOf(store.answer('one'))).toBe('two')
    expect(store.answer('other')).toBeUndefined()
    await asked(get('/a?a=1&b'), 'other')
    expect(bodyOf(store.answer('other'))).toBe('two')
    expect(site.asked).toHaveLength(2)
  })
})

describe('how long it is answered', () => {
  test('is fresh, then stale, then gone', async () => {
    site.policy({ ttl: '10s', grace: '20s' })
    await asked(get('/a'))
    expect(typeof store.answer('/a')).toBe('object')
    clock.advance(10_000)
    expect(store.answer('/a')).toBe('stale')
    clock.advance(20_000)
    expect(store.answer('/a')).toBeUndefined()
  })

  test('moved out late, it ends as memory would have ended it', async () => {
    site.policy({ ttl: '10s' })
    await site.ask(get('/a'))
    clock.advance(4_000)
    await asked(get('/a'))
    const [record] = store.records.values()
    expect(record).toMatchObject({ age: 4_000, freshFor: 6_000 })
  })

  test('counts freshness as the response says, where memory ends it sooner', async () => {
    open(assembleCache({ logger: false, jitter: 0, memory: { ttl: '5s' } }, { clock }))
    site.policy({ ttl: '60s', grace: '60s' })
    await asked(get('/a'))
    expect([...store.records.values()][0]).toMatchObject({ freshFor: 60_000 })
    clock.advance(5_000)
    expect(store.answer('/a')).toBeUndefined()
  })
})

describe('bytes that are pushed out', () => {
  test('are not there for memory either', async () => {
    await asked(get('/a'))
    store.evict(1)
    expect(memoryOf(onlyKey())).toBeUndefined()
    const [again] = await asked(get('/a'))
    expect(again.headers('cache-status')).toContain('fwd=uri-miss')
    expect(site.asked).toHaveLength(2)
    expect(store.answer('/a')).toBeDefined()
  })
})

describe('with Redis', () => {
  let trust: Trust
  let remote: MemoryRemote

  beforeEach(() => {
    trust = new Trust('publish')
    const settings = parseSettings({ logger: false, jitter: 0 })
    const bus = new LocalBus()
    remote = new MemoryRemote(clock)
    const voice = new Voice(false, clock)
    const engine = new Engine({ settings, clock, bus, voice, trust, remote, random: () => 0 })
    open(new Cache(engine, engine.space(settings.namespace), settings.policy))
    site.policy({ ttl: '1m', grace: '1m' })
  })

  test('nothing is answered before the bus is heard, nor after it is silent for too long', async () => {
    trust.raise(clock.now() + 500)
    await asked(get('/a'))
    expect(store.answer('/a')).toBeDefined()
    clock.advance(500)
    expect(store.answer('/a')).toBeUndefined()
    trust.prove(clock.now(), 500, clock.now())
    expect(store.answer('/a')).toBeDefined()
  })

  test('what was there before a loss is confirmed in Redis and answered again', async () => {
    trust.raise(clock.now() + 10_000)
    await asked(get('/a'))
    trust.raise(clock.now() + 10_000)
    expect(store.answer('/a')).toBeUndefined()
    const [again] = await asked(get('/a'))
    expect(again.headers('cache-status')).toBe('strata; hit; ttl=60')
    expect(site.asked).toHaveLength(1)
    expect(store.answer('/a')).toBeDefined()
    expect(store.records.size).toBe(1)
  })

  test('nobody waits where what is stale is served because nobody is heard', async () => {
    trust.raise(clock.now() + 500)
    await asked(get('/a'))
    clock.advance(500)
    remote.fail()
    let finish = (): void => {}
    site.answer = () => new Promise((resolve) => (finish = () => resolve(ok('new'))))
    const fill = new FakeFill('/a')
    const answer = await site.ask(get('/a'), { fill })
    expect(answer.body).toBe('page')
    expect(fill).toMatchObject({ isLetGo: true, isAlone: false, held: [] })
    finish()
    await fill.over()
  })

  test('bytes that are pushed out are brought from Redis', async () => {
    trust.raise(clock.now() + 10_000)
    await asked(get('/a'))
    store.evict(1)
    const [again] = await asked(get('/a'))
    expect(again.headers('cache-status')).toBe('strata; hit; ttl=60')
    expect(site.asked).toHaveLength(1)
    expect(store.answer('/a')).toBeDefined()
  })
})

describe('who waits', () => {
  test('waits until the load is over, also behind a stale answer', async () => {
    site.policy({ ttl: '10s', grace: '20s' })
    await asked(get('/a'))
    clock.advance(11_000)
    let finish = (): void => {}
    site.answer = () => new Promise((resolve) => (finish = () => resolve(ok('new'))))
    const fill = new FakeFill('/a')
    await site.ask(get('/a'), { fill })
    let isOver = false
    const over = fill.over().then(() => (isOver = true))
    await new Promise(setImmediate)
    expect(isOver).toBe(false)
    finish()
    await over
    expect(bodyOf(store.answer('/a'))).toBe('new')
  })

  test('does not wait while what was made stale may be served', async () => {
    site.policy({ ttl: '1m', grace: '1m', tags: () => ['news'] })
    await asked(get('/a'))
    clock.advance(10_000)
    await cache.invalidateTags('news', { soft: true })
    expect(store.answer('/a')).toBeUndefined()
    let finish = (): void => {}
    site.answer = () => new Promise((resolve) => (finish = () => resolve(ok('new'))))
    const fill = new FakeFill('/a')
    const answer = await site.ask(get('/a'), { fill })
    expect(answer.headers('cache-status')).toContain('detail=stale-while-revalidate')
    expect(store.answer('/a')).toBe('stale')
    finish()
    await fill.over()
    expect(fill.isAlone).toBe(false)
    expect(bodyOf(store.answer('/a'))).toBe('new')
  })

  test.each<[string, Record<string, string>, boolean]>([
    ['a private response', { 'cache-control': 'private' }, true],
    ['a cookie', { 'set-cookie': 'a=1' }, true],
    ['one that is kept', {}, false],
  ])('is told whether the next will be for others: %s', async (_, headers, isAlone) => {
    site.answers(ok('page', headers))
    const [, fill] = await asked(get('/a'))
    expect(fill.isAlone).toBe(isAlone)
    expect(store.records.size).toBe(isAlone ? 0 : 1)
  })

  test('a failure says nothing of the next', async () => {
    site.answer = () => {
      throw new Error('down')
    }
    const fill = new FakeFill('/a')
    await expect(site.ask(get('/a'), { fill })).rejects.toThrow('down')
    await fill.over()
    expect(fill.isAlone).toBe(false)
  })
})

describe('what was answered', () => {
  test('is counted, told and a use of the entry', async () => {
    const events: unknown[] = []
    const listen = (event: unknown): void => void events.push(event)
    site.policy({ ttl: '10s', grace: '20s' })
    await asked(get('/a'))
    store.answer('/a')
    store.answer('/a')
    clock.advance(10_000)
    store.answer('/a')
    subscribe('strata:read', listen)
    expect(cache.stats().reads).toMatchObject({ hit: { native: 2 }, stale: { native: 1 } })
    expect(cache.stats().reads).toMatchObject({ hit: { native: 2 }, stale: { native: 1 } })
    unsubscribe('strata:read', listen)
    const key = onlyKey()
    const event = { namespace: 'default', key, tier: 'native' }
    expect(events).toEqual([
      { ...event, outcome: 'hit', count: 2 },
      { ...event, outcome: 'stale', count: 1 },
    ])
  })

  test('is looked for as long as a listener runs', async () => {
    const done = responses.use()
    await asked(get('/a'))
    store.answer('/a')
    clock.advance(1_000)
    expect(store.drainHits()).toEqual([])
    done()
    expect(clock.waiting).toBe(0)
  })
})

test('a cache without memory has no store', () => {
  const bare = assembleCache({ logger: false, memory: false }, { clock })
  expect(NativeResponses.of(bare, () => store)).toBeUndefined()
})

test('one store for all servers of a cache', () => {
  const again = NativeResponses.of(cache.namespace('child'), () => new FakeNativeStore(clock))
  expect(again).toBe(responses)
})
