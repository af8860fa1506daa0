import { parse } from 'node:querystring'
import { expect, test } from 'vitest'
import { isPlainQuery, withoutUnlisted } from '../../../src/adapter/parsed-query.js'

test.each<[target: string, parsed: unknown, isPlain: boolean]>([
  ['/', {}, true],
  ['/?a=1&b=2', { a: '1', b: '2' }, true],
  ['/?a=1&a=2', { a: ['1', '2'] }, true],
  ['/?a%5Bb%5D=1', { 'a[b]': '1' }, true],
  ['/?a[b]=1', { a: { b: '1' } }, false],
  ['/?a=1&a=2', { a: '2' }, false],
  ['/?a=1', { a: 1 }, false],
  ['/?a=1', { a: '1', b: '2' }, false],
  ['/?a=1', undefined, false],
])('the query of %s parsed to %j', (target, parsed, isPlain) => {
  expect(isPlainQuery(parsed, target)).toBe(isPlain)
})

test('what was sent and is not listed is taken out, what a schema has added stays', () => {
  const target = '/?page=2&utm=x&%75tm2=y'
  const query = { ...parse('page=2&utm=x&utm2=y'), page: 2, limit: 10 }
  expect(withoutUnlisted(query, target, ['page', 'q'])).toEqual({ page: 2, limit: 10 })
})
