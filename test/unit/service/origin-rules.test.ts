import { expect, test } from 'vitest'
import { parseOriginRules } from '../../../src/service/origin-rules.js'
import type { Context } from '../../../src/server/context.js'

function tagsOf(rule: unknown, params: Readonly<Record<string, string>>): readonly string[] {
  const parsed = parseOriginRules({ '/posts/:id/*rest': rule })['/posts/:id/*rest']
  if (typeof parsed !== 'object' || parsed.tags === undefined) throw new Error('it has no tags')
  return parsed.tags({ params } as unknown as Context)
}

test('a rule is a policy of a route', () => {
  const rule = { ttl: '5m', grace: 1_000, key: { query: ['page'] }, statuses: [200, 404] }
  expect(parseOriginRules({ '/a': rule, '/b/*': true })).toEqual({ '/a': rule, '/b/*': true })
})

test.each([
  [['posts'], ['posts']],
  [
    ['post:{id}', 'all'],
    ['post:7', 'all'],
  ],
  [['{id}-{rest}-{id}'], ['7-a/$&-7']],
])('tags %j', (tags, expected) => {
  expect(tagsOf({ ttl: '5m', tags }, { id: '7', rest: 'a/$&' })).toEqual(expected)
})

test.each([
  ['a text', '/', 'rules: '],
  [[], '/', 'rules: '],
  [{ 'posts/:id': true }, 'posts/:id', 'rules.posts/:id: '],
  [{ '/a': false }, '/a', 'rules./a: '],
  [{ '/a': {} }, '/a', 'rules./a.ttl: '],
  [{ '/a': { ttl: 5 * 365 * 86_400_000 } }, '/a', 'rules./a.ttl: '],
  [{ '/a': { ttl: '5m', unless: 'x' } }, '/a', 'rules./a.unless: '],
  [{ '/a': { ttl: '5m', key: { user: 'x' } } }, '/a', 'rules./a.key.user: '],
  [{ '/a': { ttl: '5m', tags: 'posts' } }, '/a', 'rules./a.tags: '],
  [{ '/a': { ttl: '5m', tags: [''] } }, '/a', 'rules./a.tags: '],
  [{ '/a/:id': { ttl: '5m', tags: ['{name}'] } }, '/a/:id', 'it has id'],
  [{ '/a': { ttl: '5m', tags: ['{id}'] } }, '/a', 'it has none'],
])('%j is refused', (rules, _, said) => {
  expect(() => parseOriginRules(rules)).toThrow(said)
})
