import { expect, it } from 'vitest'
import { reasonOf } from '../../../examples/guide/reason.js'

it.each([
  [new Error('no route'), 'no route'],
  [
    new AggregateError([new Error('::1 refused'), new Error('127.0.0.1 refused')]),
    '::1 refused; 127.0.0.1 refused',
  ],
  [new AggregateError([new Error('one')], 'of its own'), 'of its own'],
  ['in words', 'in words'],
])('says what went wrong: %s', (error, reason) => {
  expect(reasonOf(error)).toBe(reason)
})
