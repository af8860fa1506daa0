import type { RedisServer } from './redis-server.js'

/** What one contestant measured in one round, by column key. */
export type Sample = Readonly<Record<string, number | string>>

/** A contestant that is set up and warm. */
export interface Run {
  round(): Promise<Sample>
  stop(): Promise<void>
}

export interface Environment {
  readonly quick: boolean
  /** Port of the Redis of this case, 0 if it asked for none. */
  readonly port: number
  /** Process id of that Redis, for the cases that freeze or kill it. */
  readonly redisPid: RedisServer['pid']
}

/** One row. It runs in a process of its own, so nobody's hot code is compiled against another library's shapes. */
export interface Contestant {
  readonly name: string
  start(environment: Environment): Promise<Run>
}

export interface Column {
  readonly key: string
  readonly title: string
  readonly digits?: number
  /** Adds a column for each of these contestants that compares with it. */
  readonly against?: readonly string[]
  /**
   * `speed`: how fast compared with the baseline, for a column of times (baseline / own). `rate`: the same for a column of
   * operations per second (own / baseline). `cost`: how many times the baseline (own / baseline).
   */
  readonly as?: 'speed' | 'rate' | 'cost'
}

/** What is asked of Strata: the floor, and what we aim for. */
export interface Bar {
  readonly contestant: string
  readonly column: string
  readonly what: string
  /** The baseline: of the column's ratio, or of the difference; absent: the bar is on the value itself, and less is better. */
  readonly against?: string
  /** The bar is on own - baseline, instead of on the ratio. */
  readonly difference?: true
  readonly floor: number
  readonly aim?: number
}

export interface Case {
  readonly name: string
  readonly title: string
  /** What is measured and how to read it, in a line or two. */
  readonly about: string
  readonly columns: readonly Column[]
  readonly contestants: readonly Contestant[]
  readonly bars?: readonly Bar[]
  /** Measured rounds; `warmups` more come before them. */
  readonly rounds: { readonly full: number; readonly quick: number; readonly warmups: number }
  /** `shared`: one server for the case; `own`: a fresh one for each contestant, which may break it. */
  readonly redis?: 'shared' | 'own'
  /** Runs only when it is named: it takes long. */
  readonly isOnlyByName?: true
  /** One contestant after another instead of in turns: for what fills the memory or breaks its Redis. */
  readonly sequential?: boolean
  readonly nodeFlags?: readonly string[]
  /** Longest a round, or setting up, may take. Milliseconds, default 120,000. */
  readonly timeout?: number
}
