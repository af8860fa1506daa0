import { describe, expect, it } from 'vitest'
import { readAnswerOf, writeResultOf } from '../../../src/checker/answer.js'
import { timed } from '../../../src/checker/timed.js'

const times = { began: 1, ended: 2 }

describe('what a read gave', () => {
  it.each<[title: string, value: unknown, expected: object]>([
    ['a row', { key: 'a', version: 3 }, { result: 3 }],
    [
      'a row with its source',
      { value: { key: 'a', version: 3 }, source: 'redis' },
      { result: 3, source: 'redis' },
    ],
    ['a row of another key', { key: 'b', version: 3 }, { result: 'foreign' }],
    ['nothing', undefined, { result: 'foreign' }],
    ['null', null, { result: 'foreign' }],
    ['text', '{"key":"a","version":3}', { result: 'foreign' }],
    ['no version', { key: 'a' }, { result: 'foreign' }],
    ['half a version', { key: 'a', version: 1.5 }, { result: 'foreign' }],
  ])('%s', (_, value, expected) => {
    expect(readAnswerOf('a', { ...times, value })).toEqual(expected)
  })

  it('is a failure when it rejected or did not end', () => {
    expect(readAnswerOf('a', { ...times, error: new Error('no') })).toEqual({ result: 'failed' })
    expect(readAnswerOf('a', { began: 1, ended: undefined })).toEqual({ result: 'failed' })
  })
})

describe('what a write gave', () => {
  it.each<[value: unknown, expected: string]>([
    ['applied', 'applied'],
    ['queued', 'queued'],
    [undefined, 'applied'],
    [true, 'applied'],
    [0, 'applied'],
  ])('%s: %s', (value, expected) => {
    expect(writeResultOf({ ...times, value })).toBe(expected)
  })

  it('is failed when it rejected, unknown when it did not end', () => {
    expect(writeResultOf({ ...times, error: new Error('no') })).toBe('failed')
    expect(writeResultOf({ began: 1, ended: undefined })).toBe('unknown')
  })
})

describe('a timed call', () => {
  it('has the time right before and after', async () => {
    let during = 0
    const answer = await timed(async () => {
      during = Number(process.hrtime.bigint()) / 1e6
      return 'value'
    }, 1_000)
    expect(answer).toMatchObject({ value: 'value' })
    expect(answer.began).toBeLessThanOrEqual(during)
    expect(answer.ended).toBeGreaterThanOrEqual(during)
  })

  it.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
  ])('has the error when it %s', async (_, call) => {
    expect(await timed(call, 1_000)).toMatchObject({ error: new Error('no') })
  })

  it('is given up when it takes too long', async () => {
    const { ended } = await timed(() => new Promise(() => {}), 10)
    expect(ended).toBeUndefined()
  })
})
