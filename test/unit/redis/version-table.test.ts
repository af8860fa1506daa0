import { beforeEach, expect, test } from 'vitest'
import { Marks } from '../../../src/entry/marks.js'
import type { Version } from '../../../src/redis/version.js'
import { VersionTable } from '../../../src/redis/version-table.js'

const VERSION: Version = { hard: 'AAAAbbbb0_-9', soft: 'CCCCdddd1_-8', sequence: 0, runId: '' }
let marks: Marks
let isSure: boolean
let table: VersionTable

beforeEach(() => {
  marks = new Marks()
  isSure = true
  table = new VersionTable(marks, () => isSure)
})

test('knows what it was told, and nothing else', () => {
  table.put('a', VERSION, marks.moment)
  expect(table.get('a')).toBe(VERSION)
  expect(table.get('b')).toBeUndefined()
})

test('forgets a tag that Redis no longer has', () => {
  table.put('a', VERSION, marks.moment)
  table.put('a', undefined, marks.moment)
  expect(table.get('a')).toBeUndefined()
})

test.each<[string, () => void, boolean]>([
  ['the tag', () => marks.markTags(['a'], false), false],
  ['the tag, softly', () => marks.markTags(['a'], true), false],
  ['all', () => marks.markAll(), false],
  ['what may have been missed', () => marks.distrust(), false],
  ['another tag', () => marks.markTags(['b'], false), true],
  ['a key of the same name', () => marks.markKey('a'), true],
])('after a mark of %s', (_, mark, isKnown) => {
  const since = marks.moment
  table.put('a', VERSION, since)
  mark()
  expect(table.get('a')).toBe(isKnown ? VERSION : undefined)
})

test('a version asked for before an invalidation and told after it is not believed', () => {
  const since = marks.moment
  marks.markTags(['a'], false)
  table.put('a', VERSION, since)
  expect(table.get('a')).toBeUndefined()
  table.put('a', VERSION, marks.moment)
  expect(table.get('a')).toBe(VERSION)
})

test('says nothing while not everything is heard', () => {
  table.put('a', VERSION, marks.moment)
  isSure = false
  expect(table.get('a')).toBeUndefined()
  isSure = true
  expect(table.get('a')).toBe(VERSION)
})

test('is bounded', () => {
  for (let i = 0; i <= 10_000; i++) table.put(`tag${i}`, VERSION, marks.moment)
  expect(table.get('tag0')).toBeUndefined()
  expect(table.get('tag10000')).toBe(VERSION)
})
