import { describe, expect, it } from 'vitest'
import { varyOf, varyValues } from '../../../src/http/vary.js'
import { fields, type Lines } from './messages.js'

describe('varyOf', () => {
  it.each<[Lines, readonly string[] | '*']>([
    [[], []],
    ['Vary:', []],
    ['Vary: Accept', ['accept']],
    ['Vary: b, A ,c', ['a', 'b', 'c']],
    ['Vary: a, A, a', ['a']],
    ['Vary: ,a,,', ['a']],
    [
      ['Vary: b', 'Vary: a'],
      ['a', 'b'],
    ],
    ['Vary: *', '*'],
    ['Vary: a, *', '*'],
    ['Vary: *, a', '*'],
    [['Vary: a', 'Vary: *'], '*'],
    ['Vary: a b', '*'],
    ['Vary: "a"', '*'],
    ['Vary: a;q=1', '*'],
    ['Vary: **', ['**']],
  ])('of %j is %j', (lines, names) => {
    expect(varyOf(fields(lines))).toEqual(names)
  })
})

describe('varyValues', () => {
  it('gives a text for each name, in order', () => {
    expect(varyValues(fields(['B: 2', 'A: 1']), ['a', 'b', 'c'])).toEqual(['=1', '=2', ''])
    expect(varyValues(fields('A: 1'), [])).toEqual([])
  })

  it.each<[string, Lines, Lines]>([
    ['white space around commas', 'Accept: a,b', 'Accept: a , b'],
    ['tabs around commas', 'Accept-Language: a,b', 'Accept-Language: a\t,\tb'],
    ['empty members', 'Accept-Encoding: a,,b,', 'Accept-Encoding: a, b'],
    ['several lines', ['Accept: a', 'Accept: b'], 'Accept: a, b'],
    ['several lines of any field', ['X: a', 'X: b'], 'X: a, b'],
    ['other fields', ['Accept: a', 'Y: 1'], ['Y: 2', 'Accept: a']],
  ])('match despite %s', (_, a, b) => {
    const names = ['accept', 'accept-encoding', 'accept-language', 'x']
    expect(varyValues(fields(a), names)).toEqual(varyValues(fields(b), names))
  })

  it.each<[string, Lines, Lines]>([
    ['another value', 'Accept: a', 'Accept: b'],
    ['another order', 'Accept: a, b', 'Accept: b, a'],
    ['another case', 'Accept: a', 'Accept: A'],
    ['absence', [], 'Accept:'],
    ['absence of any field', [], 'X:'],
    ['another weight', 'Accept: a;q=1', 'Accept: a;q=0.5'],
    ['white space elsewhere', 'Accept: a;q=1', 'Accept: a; q=1'],
    ['white space within quotes', 'Accept: a;b="c,d"', 'Accept: a;b="c, d"'],
    ['white space in what may be no list', 'X: a,b', 'X: a, b'],
    ['white space in User-Agent', 'User-Agent: a,b', 'User-Agent: a, b'],
    ['an equals sign', 'X: =', 'X:'],
  ])('differ by %s', (_, a, b) => {
    const names = ['accept', 'user-agent', 'x']
    expect(varyValues(fields(a), names)).not.toEqual(varyValues(fields(b), names))
  })
})
