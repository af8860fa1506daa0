import { expect, test } from 'vitest'
import { LoanTable } from '../../../src/cache/loan-table.js'
import { Marks } from '../../../src/entry/marks.js'
import { ManualClock } from '../../support/manual-clock.js'

function open() {
  const [marks, clock] = [new Marks(), new ManualClock()]
  return { marks, clock, loans: new LoanTable(marks, clock) }
}

test('a lease lasts as long as it was given for', () => {
  const { clock, loans } = open()
  const token = loans.lend('k', 100)!
  clock.advance(40)
  expect(loans.left('k')).toBe(60)
  clock.advance(60)
  expect(loans.left('k')).toBe(0)
  expect(loans.end('k', token)).toBeUndefined()
  expect(loans.size).toBe(0)
})

test('ending it tells when it began, once', () => {
  const { marks, loans } = open()
  marks.markKey('other')
  const token = loans.lend('k', 100)!
  expect(loans.end('k', 'AAAAAAAAAAAA')).toBeUndefined()
  expect(loans.end('k', token)).toBe(marks.moment)
  expect(loans.end('k', token)).toBeUndefined()
})

test('so many are kept at most, and those that have ended make room', () => {
  const { clock, loans } = open()
  for (let i = 0; i < 10_000; i++) expect(loans.lend(`k${i}`, 100 + i)).toMatch(/^[\w-]{12}$/)
  expect(loans.lend('another', 100)).toBeUndefined()
  clock.advance(101)
  expect(loans.lend('another', 100)).toMatch(/^[\w-]{12}$/)
  expect(loans.size).toBe(9_999)
})
