import { isDeepStrictEqual } from 'node:util'
import { medianOf } from '../demo/quantile.js'
import type { Report } from './in-turn.js'

/** One of the ways that are compared. */
export interface Contender {
  readonly label: string
  /** Does the work of this round and returns what came of it. */
  run(round: number): unknown
  /** Unmeasured, before each run. */
  before?(round: number): unknown
  /** Unmeasured, after each run: what came of it, where `run` does not return that. */
  answer?(): unknown
  /** How often `run` does the work, where once is too short for a clock (default 1). */
  readonly times?: number
}

export interface Contest {
  /** Milliseconds after which no new round begins. */
  readonly budget: number
  readonly maxRounds?: number
  /** `false`: the contenders do not return the same, such as the old row and the new one (default: they must). */
  readonly sameAnswers?: boolean
  readonly report?: Report
}

const minRounds = 3
// Unmeasured rounds first: the first calls of compiled code, and of a database with cold pages, are the slowest.
const warmUps = 2

/**
 * Median milliseconds of each, in their order. They take turns, each round in the other direction, so that whatever else
 * the machine does meets all alike. What they return is compared in every round: a faster way that does other work is a
 * mistake, and work whose result nobody looks at could be optimised away.
 */
export async function contend(
  contenders: readonly Contender[],
  { budget, maxRounds = 300, sameAnswers = true, report }: Contest,
): Promise<number[]> {
  const samples = contenders.map((): number[] => [])
  const startedAt = performance.now()
  const isOver = (round: number) =>
    round >= maxRounds || (round >= minRounds && performance.now() - startedAt > budget)
  for (let round = -warmUps; !isOver(round); round++) {
    // What is slow by itself needs no second one.
    if (round === -1 && performance.now() - startedAt > budget) continue
    const turns = [...contenders.entries()]
    const answers: unknown[] = []
    for (const [i, contender] of round % 2 === 0 ? turns : turns.reverse()) {
      const { ms, answer } = await timeOf(contender, round + warmUps)
      answers.push(answer)
      if (round >= 0) samples[i]?.push(ms)
    }
    if (sameAnswers && !answers.every((answer) => isDeepStrictEqual(answer, answers[0]))) {
      const labels = contenders.map(({ label }) => label).join(', ')
      throw new Error(`the answers differ, though the work is the same: ${labels}`)
    }
    report?.(Math.min(1, (performance.now() - startedAt) / budget))
  }
  return samples.map(medianOf)
}

async function timeOf({ run, before, answer, times = 1 }: Contender, round: number) {
  await before?.(round)
  const startedAt = performance.now()
  const returned = await run(round)
  const ms = (performance.now() - startedAt) / times
  return { ms, answer: answer ? await answer() : returned }
}
