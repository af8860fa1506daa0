/** An entry of `Server-Timing`: milliseconds, and how many there were. */
export interface Part {
  readonly name: string
  readonly ms: number
  readonly times: number | undefined
}

/** `db;dur=2.1;desc="5", total;dur=3` */
export function partsOf(serverTiming: string | null): Part[] {
  const entries = (serverTiming ?? '').matchAll(/(\w+);dur=([\d.]+)(?:;desc="(\d+)")?/g)
  return [...entries].map(([, name = '', ms, times]) => ({
    name,
    ms: Number(ms),
    times: times === undefined ? undefined : Number(times),
  }))
}
