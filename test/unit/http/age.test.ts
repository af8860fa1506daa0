import { describe, expect, it } from 'vitest'
import { correctedInitialAge, currentAge } from '../../../src/http/age.js'
import { formatHttpDate } from '../../../src/http/http-date.js'
import { type Lines, NOW, response } from './messages.js'

const ago = (seconds: number): string => `Date: ${formatHttpDate(NOW - seconds * 1_000)}`

function ageOf(lines: Lines, delay = 0): number {
  return correctedInitialAge(response(lines), { requestAt: NOW - delay, responseAt: NOW })
}

describe('correctedInitialAge', () => {
  it.each<[string, Lines, number]>([
    ['nothing is said', [], 0],
    ['Age says so', 'Age: 5', 5_000],
    ['Date says so', ago(7), 7_000],
    ['Date says more than Age', ['Age: 5', ago(7)], 7_000],
    ['Age says more than Date', ['Age: 9', ago(7)], 9_000],
    ['Date is in the future', ago(-7), 0],
    ['Date is no date', 'Date: yesterday', 0],
    ['there are two Dates', [ago(7), ago(3)], 0],
  ])('is as large as told: %s', (_, lines, age) => {
    expect(ageOf(lines)).toBe(age)
  })

  it.each<[string, Lines, number]>([
    ['a list', 'Age: 5, 60', 5_000],
    ['a list with white space', 'Age: 5 , 60', 5_000],
    ['a list whose first is invalid', 'Age: x, 60', 0],
    ['two lines', ['Age: 5', 'Age: 60'], 5_000],
    ['two lines, the first invalid', ['Age: -5', 'Age: 60'], 0],
    ['nothing', 'Age:', 0],
    ['an empty member', 'Age: , 5', 0],
    ['a negative number', 'Age: -5', 0],
    ['a fraction', 'Age: 5.5', 0],
    ['a sign', 'Age: +5', 0],
    ['a word', 'Age: old', 0],
    ['quotes', 'Age: "5"', 0],
    ['a parameter', 'Age: 5;a=1', 0],
    ['too much', 'Age: 99999999999999999999', 2 ** 31 * 1_000],
    ['leading zeros', 'Age: 0005', 5_000],
  ])('takes the first member of Age, or ignores it: %s', (_, lines, age) => {
    expect(ageOf(lines)).toBe(age)
  })

  it.each<[string, Lines, number]>([
    ['without Age', [], 2_000],
    ['added to Age', 'Age: 5', 7_000],
    ['not added to Date', ago(7), 7_000],
    ['less than Date', ['Age: 4', ago(7)], 7_000],
  ])('counts the time the response took: %s', (_, lines, age) => {
    expect(ageOf(lines, 2_000)).toBe(age)
  })

  it('does not count a clock that was set back meanwhile', () => {
    expect(ageOf('Age: 5', -60_000)).toBe(5_000)
  })
})

describe('currentAge', () => {
  it.each([
    [0, 0, 0],
    [5_000, 0, 5_000],
    [5_000, 2_500, 7_500],
    [5_000, -60_000, 5_000],
  ])('of %d ms, %d ms later, is %d ms', (initial, later, age) => {
    expect(currentAge(initial, NOW, NOW + later)).toBe(age)
  })
})
