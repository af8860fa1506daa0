import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RoutePolicy } from '../../../src/http/index.js'
import { ResponseCache, type RuleFault } from '../../../src/http/index.js'
import { type Cache, createCache } from '../../../src/index.js'
import { get, seen, Site } from '../../support/origin.js'

let cache: Cache
let site: Site
let told: string[]

beforeEach(() => {
  told = []
  const say = (_: object, message: string): void => void told.push(message)
  cache = createCache({ logger: { info: say, warn: say } })
  site = new Site(cache)
})
afterEach(() => cache.close())

const fails = (): never => {
  throw new Error('no session')
}

describe('a function of a policy that is of no use', () => {
  test.each<[title: string, policy: Partial<RoutePolicy<never>>, option: string]>([
    ['tags that throws', { tags: fails }, 'tags'],
    ['tags that gives no list', { tags: () => 'a' as never }, 'tags'],
    ['tags that gives no text', { tags: () => [undefined as never] }, 'tags'],
    [
      'tags that gives too many',
      { tags: () => Array.from({ length: 33 }, (_, i) => `${i}`) },
      'tags',
    ],
    ['tags that gives a long one', { tags: () => ['x'.repeat(257)] }, 'tags'],
    ['tags that gives a promise', { tags: () => Promise.reject(new Error('x')) as never }, 'tags'],
    ['key.user that throws', { key: { user: fails } }, 'key.user'],
    ['key.user that gives an object', { key: { user: () => ({ id: 1 }) as never } }, 'key.user'],
    ['key.user that gives null', { key: { user: () => null as never } }, 'key.user'],
    ['key.user that gives a promise', { key: { user: async () => 'ann' } as never }, 'key.user'],
    ['unless that throws', { unless: fails }, 'unless'],
    ['unless that gives a promise', { unless: (async () => false) as never }, 'unless'],
  ])('lets requests pass by the cache: %s', async (_, policy, option) => {
    site.policy(policy as Partial<RoutePolicy<unknown>>)
    for (let i = 1; i <= 3; i++) {
      const answer = await site.ask(get(`/a${i % 2}`))
      expect(answer).toMatchObject({ status: 200, body: 'page' })
      expect(answer.headers('cache-status')).toContain(`detail=${option}`)
      expect(site.asked).toHaveLength(i)
    }
    expect(cache.stats().memory.entries).toBe(0)
    expect(told).toEqual([expect.stringMatching(new RegExp(`^/page: ${option} .*past the cache`))])
  })

  test('is asked no second time of those who wait', async () => {
    site.policy({ unless: fails })
    const answers = await Promise.all([1, 2, 3].map(() => site.ask(get('/a'))))
    expect(answers.map(({ body }) => body)).toEqual(['page', 'page', 'page'])
  })

  test('with Authorization as well', async () => {
    site.policy({ authorization: 'key', key: { user: fails } })
    expect((await site.ask(get('/a', { authorization: 'x' }))).body).toBe('page')
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('is told to whoever wants to know, with its cause', async () => {
    const faults: RuleFault[] = []
    const responses = new ResponseCache(cache, { onRuleFault: (fault) => faults.push(fault) })
    site.policy({ tags: fails })
    const { rule, answer: origin } = site
    const request = get('/a')
    expect((await seen(responses.answer({ request, rule, c: undefined, origin }))).body).toBe(
      'page',
    )
    expect(faults).toMatchObject([
      { option: 'tags', route: '/page', cause: { message: 'no session' } },
    ])
    expect(told).toEqual([])
  })

  test('is told to a listener whose own failure is nobody else’s', async () => {
    const responses = new ResponseCache(cache, { onRuleFault: fails })
    site.policy({ tags: fails })
    const { rule, answer: origin } = site
    const visit = { request: get('/a'), rule, c: undefined, origin }
    expect((await seen(responses.answer(visit))).body).toBe('page')
    expect(told).toEqual([expect.stringMatching('onRuleFault: Error: no session')])
    expect(() => new ResponseCache(cache, { onRuleFault: 'x' as never })).toThrow('onRuleFault')
  })

  test('does not keep an answer that is there from those whose functions work', async () => {
    site.policy({ tags: (c) => ((c as { target: string }).target === '/odd' ? fails() : ['t']) })
    await site.ask(get('/a'))
    await site.ask(get('/odd'))
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
  })
})
