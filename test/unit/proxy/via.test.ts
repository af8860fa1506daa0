import { expect, test } from 'vitest'
import { hasPassed, withVia } from '../../../src/proxy/via.js'

test.each<[via: string[], verdict: boolean]>([
  [[], false],
  [['via', '1.1 edge'], true],
  [['via', '1.1 EDGE'], true],
  [['via', '1.0 fred, 1.1 edge (comment, with comma)'], true],
  [['via', 'HTTP/1.1\t edge'], true],
  [['via', '1.1 a', 'via', '1.1 edge'], true],
  [['via', '1.1 edge2'], false],
  [['via', '1.1 a (1.1 edge)'], false],
  [['via', 'edge'], false],
  [['x-via', '1.1 edge'], false],
])('finds itself in %j: %s', (fields, verdict) => {
  expect(hasPassed(fields, 'edge')).toBe(verdict)
})

test('puts itself behind the others', () => {
  expect(withVia(['via', '1.0 a', 'x', '1'], '1.1', 'edge')).toEqual([
    'via',
    '1.0 a',
    'x',
    '1',
    'via',
    '1.1 edge',
  ])
})
