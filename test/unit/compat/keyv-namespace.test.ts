import { expect, test } from 'vitest'
import { namespaceOf } from '../../../src/compat/keyv-namespace.js'

test.each([
  [undefined, 'keyv'],
  ['', 'keyv'],
  ['keyv', 'keyv'],
  ['cacheable-request', 'cacheable-request'],
  ['a.b_c-D9', 'a.b_c-D9'],
  ['x'.repeat(32), 'x'.repeat(32)],
])('%s is %s', (namespace, expected) => {
  expect(namespaceOf(namespace)).toBe(expected)
})

test.each(['user:1', 'a/b', 'ä', 'x'.repeat(33), 'sha256-', 'two words'])(
  '%s is a digest that is a namespace',
  (namespace) => {
    expect(namespaceOf(namespace)).toMatch(/^sha256-[\w-]{22}$/)
    expect(namespaceOf(namespace)).not.toBe(namespaceOf(`${namespace} `))
  },
)

test('nobody can choose the namespace of another', () => {
  const theirs = namespaceOf('user:1')
  expect(namespaceOf(theirs)).not.toBe(theirs)
})
