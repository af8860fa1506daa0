import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '../../../src/entry/id.js'
import { digestOf, formatLoan, MOST_CARRIED, parseLoan } from '../../../src/redis/loan-token.js'

const version = (sequence = 0) => ({ hard: newId(), soft: newId(), sequence, runId: '' })
const digests = (count: number) =>
  Array.from({ length: count }, (_, i) => digestOf(`tag ${i}`, version()))

describe('a token', () => {
  test.each([
    ['the first', 0, 0],
    ['of a busy namespace', Number.MAX_SAFE_INTEGER, 0],
    ['with tags', 35, 3],
    ['with as many tags as it may', 36, MOST_CARRIED],
  ])('%s says what it was made of, in few characters', (_, sequence, count) => {
    const loan = { token: newId(), version: version(sequence), digests: digests(count) }
    const text = formatLoan(loan)
    expect(text).toMatch(/^[\w.-]+$/)
    expect(text.length).toBeLessThanOrEqual(400)
    expect(parseLoan(text)).toEqual(loan)
  })

  const good = formatLoan({ token: newId(), version: version(7), digests: digests(1) })

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 1],
    ['an object with its text', { toString: () => good, length: 10 }],
    ['empty', ''],
    ['of another form', `2${good.slice(1)}`],
    ['too short', good.slice(0, 30)],
    ['cut', good.slice(0, -1)],
    ['longer', `${good}a`],
    ['with a line feed', `${good}\n`],
    ['with spaces', ` ${good}`],
    ['with a dot too many', `${good}.`],
    ['with a sequence that is none', `1${'a'.repeat(36)}.zzzzzzzzzzz`],
    ['with a sequence of another form', `1${'a'.repeat(36)}.07`],
    ['with too many digests', `1${'a'.repeat(36)}.0.${'b'.repeat(10 * (MOST_CARRIED + 1))}`],
    ['of a million characters', 'a'.repeat(1e6)],
  ])('%s is none', (_, text) => {
    expect(parseLoan(text)).toBeUndefined()
  })

  test('any text is one or none', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(good.length), (text, at) => {
        const changed = good.slice(0, at) + text + good.slice(at + text.length)
        const loan = parseLoan(changed)
        if (loan !== undefined) expect(formatLoan(loan)).toBe(changed)
      }),
    )
  })
})

test('a digest is that of one tag in one of its lives', () => {
  const life = version()
  expect(digestOf('t', life)).toBe(digestOf('t', { ...life, sequence: 9 }))
  expect(digestOf('t', life)).not.toBe(digestOf('u', life))
  expect(digestOf('t', life)).not.toBe(digestOf('t', { ...life, soft: newId() }))
  expect(digestOf('t', life)).not.toBe(digestOf('t', { ...life, hard: newId() }))
})
