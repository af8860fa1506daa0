import { describe, expect, test } from 'vitest'
import { SpaceSaving } from '../../../../src/service/dashboard/space-saving.js'
import { Dice } from '../../../support/dice.js'

const COUNTERS = 50

/** Keys that are drawn the more rarely the later they come: a Zipf distribution, as reads of caches have it. */
function zipf(dice: Dice, keys: number): () => string {
  const weights = Array.from({ length: keys }, (_, i) => 1 / (i + 1))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return () => {
    let left = dice.next() * total
    const at = weights.findIndex((weight) => (left -= weight) <= 0)
    return `key:${at}`
  }
}

/** Three groups, for a key in another is another. */
function groupOf(key: string): string {
  return `g${key.length % 3}`
}

interface Counted {
  readonly sketch: SpaceSaving
  readonly exact: ReadonlyMap<string, number>
}

function count(reads: Iterable<readonly [key: string, times: number]>): Counted {
  const sketch = new SpaceSaving(COUNTERS)
  const exact = new Map<string, number>()
  for (const [key, times] of reads) {
    sketch.add(groupOf(key), key, times)
    exact.set(key, (exact.get(key) ?? 0) + times)
  }
  return { sketch, exact }
}

const STREAMS: readonly (readonly [string, (dice: Dice) => [string, number][]])[] = [
  [
    'one at a time',
    (dice) => {
      const draw = zipf(dice, 1_000)
      return Array.from({ length: 20_000 }, () => [draw(), 1])
    },
  ],
  [
    'several at a time',
    (dice) => {
      const draw = zipf(dice, 1_000)
      return Array.from({ length: 5_000 }, () => [draw(), dice.int(1, 100)])
    },
  ],
  ['all different', () => Array.from({ length: 5_000 }, (_, i) => [`key:${i}`, 1])],
  [
    'the frequent one last, behind many that are rare',
    () => [
      ...Array.from({ length: 5_000 }, (_, i): [string, number] => [`rare:${i}`, 1]),
      ...Array.from({ length: 500 }, (): [string, number] => ['late', 1]),
    ],
  ],
]

describe.each(STREAMS)('a stream of keys, %s', (_, streamOf) => {
  test.each([1, 2, 3])('keeps the published bounds (seed %i)', (seed) => {
    const { sketch, exact } = count(streamOf(new Dice(seed)))
    const counters = sketch.counters()
    const bound = sketch.total / COUNTERS
    expect(sketch.total).toBe([...exact.values()].reduce((sum, times) => sum + times, 0))
    expect(counters.length).toBeLessThanOrEqual(COUNTERS)
    for (const { key, count, error } of counters) {
      const truth = exact.get(key) ?? 0
      expect(count, 'never too low').toBeGreaterThanOrEqual(truth)
      expect(count - error, 'at least so often').toBeLessThanOrEqual(truth)
      expect(error, 'never too high by more than N / m').toBeLessThanOrEqual(bound)
    }
    const kept = new Set(counters.map(({ key }) => key))
    for (const [key, truth] of exact) {
      if (truth > bound) expect(kept, 'every key with more than N / m is there').toContain(key)
      if (!kept.has(key)) expect(truth, 'one without a counter').toBeLessThanOrEqual(sketch.least)
    }
  })
})

test('as long as there are counters, counts are exact', () => {
  const { sketch } = count([
    ['a', 1],
    ['b', 5],
    ['a', 2],
  ])
  expect(sketch.counters()).toEqual([
    { group: 'g1', key: 'b', count: 5, error: 0 },
    { group: 'g1', key: 'a', count: 3, error: 0 },
  ])
  expect(sketch.least).toBe(0)
})

test('the sum of all counters is the number of occurrences', () => {
  const { sketch } = count(STREAMS[1]![1](new Dice(4)))
  const sum = sketch.counters().reduce((total, { count }) => total + count, 0)
  expect(sum).toBe(sketch.total)
})
