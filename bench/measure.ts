import { createRandom, shuffled } from './random.js'

/** The middle value; of an even number of values the mean of the two in the middle. NaN for none. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * q
  const low = sorted[Math.floor(at)] ?? Number.NaN
  const high = sorted[Math.ceil(at)] ?? Number.NaN
  return low + (high - low) * (at - Math.floor(at))
}

/**
 * Rounds in which every contestant runs once, in another order each time: a machine that gets warm, or a neighbour that
 * wakes up, costs everybody the same.
 */
export async function interleave<T>(
  contestants: readonly T[],
  rounds: number,
  run: (contestant: T, round: number) => Promise<void>,
): Promise<void> {
  const random = createRandom(rounds)
  for (let round = 0; round < rounds; round++) {
    for (const contestant of shuffled(contestants, random)) await run(contestant, round)
  }
}

/**
 * Nanoseconds of processor time that one operation costs this process: runs `batch` (which does `size` of them) until `ms`
 * have passed. For what never waits this is the wall time on an idle machine, and stays so on a busy one; what a library
 * leaves to the garbage collector's threads counts too. Between batches the event loop turns, so that timers run: some
 * caches keep the time of day until one does.
 */
export async function nanosecondsPer(
  size: number,
  ms: number,
  batch: () => unknown,
): Promise<number> {
  const end = performance.now() + ms
  const start = process.cpuUsage()
  let done = 0
  while (performance.now() < end) {
    await batch()
    done += size
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1_000) / done
}
