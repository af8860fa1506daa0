import { expect, it } from 'vitest'
import { byteSize } from '../../../src/cli/byte-size.js'
import { printable, rows } from '../../../src/cli/rows.js'
import { span } from '../../../src/cli/span.js'

it.each([
  [-5, '0ms'],
  [0, '0ms'],
  [250.4, '250ms'],
  [1_000, '1s'],
  [252_000, '4m 12s'],
  [3_600_000, '1h'],
  [90_061_000, '1d 1h'],
])('span(%d) is %s', (ms, text) => {
  expect(span(ms)).toBe(text)
})

it.each([
  [0, '0 B'],
  [1_023, '1023 B'],
  [1_536, '1.5 KB'],
  [5 * 2 ** 20, '5.0 MB'],
  [2 ** 40, '1024.0 GB'],
])('byteSize(%d) is %s', (bytes, text) => {
  expect(byteSize(bytes)).toBe(text)
})

it('rows are aligned, and what is longer than a line goes on below itself', () => {
  expect(
    rows([
      ['a', 'one'],
      ['long', 'two\nthree'],
    ]),
  ).toBe('a     one\nlong  two\n      three\n')
})

it.each([
  ['\u001b[31mred', '\\u001b[31mred'],
  ['a\rb', 'a\\u000db'],
  ['\u202eabc', '\\u202eabc'],
  ['tab\tand\nline', 'tab\tand\nline'],
])('%j does nothing to a terminal', (text, shown) => {
  expect(printable(text)).toBe(shown)
})
