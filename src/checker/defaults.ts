/** What is used for an option that is not given; durations in milliseconds. */
export const CHECK_DEFAULTS: CheckDefaults = Object.freeze({
  processes: 4,
  clients: 8,
  duration: 10_000,
  keys: 20,
  tags: 4,
  writeShare: 0.02,
  pause: 1,
  maxStaleness: 0,
  rest: 1_000,
  operationTimeout: 10_000,
  database: Object.freeze({ minLatency: 0, maxLatency: 30 }),
})

export interface CheckDefaults {
  readonly processes: number
  readonly clients: number
  readonly duration: number
  readonly keys: number
  readonly tags: number
  readonly writeShare: number
  readonly pause: number
  readonly maxStaleness: number
  readonly rest: number
  readonly operationTimeout: number
  readonly database: { readonly minLatency: number; readonly maxLatency: number }
}
