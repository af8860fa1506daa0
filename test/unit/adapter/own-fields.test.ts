import { expect, test } from 'vitest'
import { joinedLines, ownFields } from '../../../src/adapter/own-fields.js'

test.each<[title: string, before: string[], after: string[], own: string[]]>([
  ['what is new', [], ['x', '1'], ['x', '1']],
  ['not what stood there', ['x', '1'], ['x', '1'], []],
  ['what has changed', ['x', '1'], ['x', '2'], ['x', '2']],
  ['all lines of a name that has more', ['x', '1'], ['x', '1', 'x', '2'], ['x', '1', 'x', '2']],
  [
    'cookies that were added',
    ['set-cookie', 'a=1'],
    ['set-cookie', 'a=1', 'set-cookie', 'b=1'],
    ['set-cookie', 'b=1'],
  ],
  ['what Vary has more', ['vary', 'Origin'], ['vary', 'origin, Accept'], ['vary', 'Accept']],
  ['not Vary that has no more', ['vary', 'Origin'], ['vary', 'Origin'], []],
  [
    'who may keep the body, whoever says it',
    ['cache-control', 'private'],
    ['cache-control', 'private'],
    ['cache-control', 'private'],
  ],
  [
    'what the body is, whoever says it',
    ['content-type', 'text/html'],
    ['content-type', 'text/html'],
    ['content-type', 'text/html'],
  ],
])('a handler owns %s', (_, before, after, own) => {
  expect(ownFields(before, after)).toEqual(own)
})

test.each<[name: string, there: string[], answer: string[], lines: string[]]>([
  ['x', ['x', '1'], ['x', '2'], ['2']],
  ['vary', ['vary', 'Origin'], ['vary', 'accept, origin'], ['origin, accept']],
  ['set-cookie', ['set-cookie', 'a=1'], ['set-cookie', 'b=1'], ['a=1', 'b=1']],
])('an answer says of %s', (name, there, answer, lines) => {
  expect(joinedLines(name, there, answer)).toEqual(lines)
})
