/** A worker process, in the hands of a fault. */
export interface WorkerHandle {
  /** Number of the process, from 0. */
  readonly process: number
  readonly pid: number
  /** SIGKILL; resolves when another one has taken its place and begun. */
  kill(): Promise<void>
  /** SIGSTOP. Whoever is still stopped at the end of the traffic is continued. */
  stop(): void
  /** SIGCONT. */
  cont(): void
}

export interface FaultContext {
  /** Those that live. */
  workers(): readonly WorkerHandle[]
  /** One of them, by the seed. */
  pick(): WorkerHandle
  /** In [0, 1), by the seed. */
  random(): number
  /** Waits as many milliseconds, or until the traffic ends. */
  sleep(ms: number): Promise<void>
  /** Aborted when the traffic ends. */
  readonly signal: AbortSignal
}

/** Something that goes wrong during the run: to a worker, or to a server that the function closes over. */
export interface Fault {
  /** Milliseconds after the traffic began: once. */
  readonly at?: number
  /** Milliseconds: again and again; left out while the last time still runs. */
  readonly every?: number
  /** What it throws ends the check. The end of the traffic waits for it. */
  readonly do: (context: FaultContext) => void | Promise<void>
}
