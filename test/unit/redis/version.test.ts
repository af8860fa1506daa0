import { describe, expect, test } from 'vitest'
import { stampOf, standingOf, textOf, type Version, versionOf } from '../../../src/redis/version.js'

const HARD = 'AAAAbbbb0_-9'
const SOFT = 'CCCCdddd1_-8'

describe('a version', () => {
  test.each<[string, string, Version]>([
    ['a tag', `${HARD}.${SOFT}.7`, { hard: HARD, soft: SOFT, sequence: 7, runId: '' }],
    [
      'a namespace',
      `${HARD}.${SOFT}.12.0123abcd`,
      { hard: HARD, soft: SOFT, sequence: 12, runId: '0123abcd' },
    ],
    ['no sequence', `${HARD}.${SOFT}`, { hard: HARD, soft: SOFT, sequence: 0, runId: '' }],
    [
      'a sequence that is none',
      `${HARD}.${SOFT}.x`,
      { hard: HARD, soft: SOFT, sequence: 0, runId: '' },
    ],
  ])('is read: of %s', (_, reply, version) => {
    expect(versionOf(reply)).toEqual(version)
    expect(versionOf(Buffer.from(reply))).toEqual(version)
  })

  test.each<[string, unknown]>([
    ['nothing', null],
    ['undefined', undefined],
    ['a number', 7],
    ['an empty text', ''],
    ['an empty buffer', Buffer.alloc(0)],
    ['one id', HARD],
    ['a short id', `${HARD.slice(1)}.${SOFT}.0`],
    ['a long id', `${HARD}.${SOFT}x.0`],
    ['other letters', `${HARD.replace('_', '+')}.${SOFT}.0`],
    ['an error', new Error(`${HARD}.${SOFT}.0`)],
    ['random bytes', Buffer.from([0xff, 0x00, 0x2e, 0xfe])],
  ])('is none: %s', (_, reply) => {
    expect(versionOf(reply)).toBeUndefined()
  })
})

describe('an entry under a version', () => {
  const version: Version = { hard: HARD, soft: SOFT, sequence: 3, runId: '' }
  const stamp = stampOf('posts', version)

  test('carries its ids, and scripts compare these', () => {
    expect(stamp).toEqual({ name: 'posts', hard: HARD, soft: SOFT })
    expect(Object.isFrozen(stamp)).toBe(true)
    expect(textOf(stamp)).toBe(`${HARD}.${SOFT}`)
  })

  test.each<[string, Version | undefined, string]>([
    ['the same', version, 'good'],
    ['the same with a higher sequence', { ...version, sequence: 9 }, 'good'],
    ['another soft id', { ...version, soft: HARD }, 'soft'],
    ['another hard id', { ...version, hard: SOFT }, 'ended'],
    ['both ids others', { ...version, hard: SOFT, soft: HARD }, 'ended'],
    ['none', undefined, 'ended'],
  ])('stands by the version of now: %s', (_, now, standing) => {
    expect(standingOf(stamp, now)).toBe(standing)
  })
})
