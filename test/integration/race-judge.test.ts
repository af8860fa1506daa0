import { describe, expect, it } from 'vitest'
import { Judge } from '../../examples/race/judge.js'

const nothing = new Float64Array()
type Triple = readonly [row: number, version: number, at: number]

/** Process 1 reads; either has acknowledged something before. */
function judged(reads: readonly Triple[], own: readonly Triple[], other: readonly Triple[]) {
  const judge = new Judge()
  const pagesOf = (reads: readonly Triple[], acknowledged: readonly Triple[]) => ({
    reads: Float64Array.from(reads.flat()),
    acknowledgements: Float64Array.from(acknowledged.flat()),
    unacknowledged: 0,
  })
  judge.hear(1, pagesOf(reads, own))
  judge.hear(2, pagesOf([], other))
  judge.judge(1_000)
  return { own: judge.verdict.own, other: judge.verdict.other }
}

const fine = { own: [], other: [] }

describe('race judge', () => {
  it.each<[string, Triple[], Triple[], Triple[], object]>([
    ['the version that was acknowledged', [[1, 2, 20]], [[1, 2, 10]], [], fine],
    ['a newer one than was acknowledged', [[1, 3, 20]], [[1, 2, 10]], [], fine],
    ['begun before the acknowledgement', [[1, 1, 9]], [[1, 2, 10]], [], fine],
    ['another row', [[2, 1, 20]], [[1, 2, 10]], [], fine],
    ['older than its own delete', [[1, 1, 25]], [[1, 2, 10]], [], { own: [15], other: [] }],
    ['older than another delete', [[1, 1, 25]], [], [[1, 2, 10]], { own: [], other: [15] }],
    [
      'older than both: its own, as old as the first',
      [[1, 1, 25]],
      [[1, 3, 20]],
      [[1, 2, 10]],
      { own: [15], other: [] },
    ],
    [
      'older than another, its own being older still',
      [[1, 2, 25]],
      [[1, 2, 5]],
      [[1, 3, 20]],
      { own: [], other: [5] },
    ],
    [
      'acknowledged out of order',
      [[1, 1, 25]],
      [],
      [
        [1, 3, 10],
        [1, 2, 20],
      ],
      { own: [], other: [15] },
    ],
  ])('%s', (_title, reads, own, other, expected) => {
    expect(judged(reads, own, other)).toEqual(expected)
  })

  it('decides only when the acknowledgements before a read are known', () => {
    const judge = new Judge()
    const late = { reads: nothing, acknowledgements: Float64Array.of(1, 2, 10), unacknowledged: 0 }
    judge.hear(1, {
      reads: Float64Array.of(1, 1, 20),
      acknowledgements: nothing,
      unacknowledged: 0,
    })
    judge.judge(5)
    expect(judge.verdict.reads).toBe(0)
    judge.hear(2, late)
    judge.judge(30)
    expect(judge.verdict).toMatchObject({ reads: 1, other: [10] })
  })
})
