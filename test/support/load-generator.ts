/** What became of one request. */
export interface Sample {
  /** Milliseconds since the generator began. */
  readonly at: number
  /** Milliseconds it took. */
  readonly took: number
  readonly error: unknown
}

export interface LoadOptions {
  /** Requests a second, begun at their time whether or not earlier ones have been answered. */
  readonly rate: number
  /** Milliseconds. */
  readonly duration: number
}

const TICK = 5

/** An open loop: slow answers do not slow it down, as users do not wait for one another. */
export async function generateLoad(
  options: LoadOptions,
  request: (index: number) => Promise<unknown>,
): Promise<Sample[]> {
  const begin = performance.now()
  const samples: Promise<Sample>[] = []
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const elapsed = Math.min(performance.now() - begin, options.duration)
      const due = Math.floor((elapsed * options.rate) / 1_000)
      while (samples.length < due) samples.push(sample(begin, request, samples.length))
      if (elapsed < options.duration) return
      clearInterval(timer)
      resolve()
    }, TICK)
  })
  return await Promise.all(samples)
}

async function sample(
  begin: number,
  request: (index: number) => Promise<unknown>,
  index: number,
): Promise<Sample> {
  const start = performance.now()
  const outcome = await request(index).then(
    () => undefined,
    (error: unknown) => error,
  )
  return { at: start - begin, took: performance.now() - start, error: outcome }
}

/** The smallest duration that this share (0 .. 1) of the samples does not exceed. */
export function quantile(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ took }) => took).sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}
