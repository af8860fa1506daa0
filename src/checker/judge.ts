import type { History } from './history.js'
import type { Judgement } from './judgement.js'
import { Known } from './known.js'
import { type JudgeOptions, Tally } from './tally.js'

/**
 * Judges each read by one definition: it is stale when a newer version was acknowledged before it began. An acknowledgement is
 * an invalidation that resolved, and not with `'queued'`. What a process read in a load that was under way is judged no
 * differently. Both instants err to the mild side: a read is taken to begin before its call, an invalidation to end after it
 * resolved, so that an age is never greater than the true one, whatever stopped the process in between.
 */
export function judge(history: History, options: JudgeOptions): Judgement {
  const known = new Known(history.writes, options.living)
  const tally = new Tally(known, options)
  for (const read of history.reads) tally.add(read)
  return tally.judgement()
}
