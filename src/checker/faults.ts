import { setTimeout as sleep } from 'node:timers/promises'
import { Dice } from './dice.js'
import type { Fault, FaultContext, WorkerHandle } from './fault.js'
import { gate } from './gate.js'

/** Lets faults happen at their time, until it is told to end. */
export class FaultSchedule {
  readonly #timers: NodeJS.Timeout[] = []
  readonly #running = new Set<Promise<void>>()
  readonly #over = new AbortController()
  readonly #failed = gate<never>()
  readonly #context: FaultContext

  /** Begins to count. `workers` tells those that live. */
  constructor(faults: readonly Fault[], seed: number, workers: () => readonly WorkerHandle[]) {
    const dice = new Dice(seed, FAULTS)
    const { signal } = this.#over
    this.#context = {
      workers,
      random: () => dice.next(),
      pick: () => {
        const all = workers()
        const one = all[dice.below(all.length)]
        if (one === undefined) throw new Error('no worker lives')
        return one
      },
      sleep: async (ms) => {
        // the end of the run ends the wait, and is no error
        await sleep(ms, undefined, { signal }).catch((error: unknown) => {
          if (!signal.aborted) throw error
        })
      },
      signal,
    }
    for (const fault of faults) this.#schedule(fault)
  }

  /** Rejects with what a fault's function threw. */
  get failure(): Promise<never> {
    return this.#failed.promise
  }

  /** No more faults. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#over.abort()
  }

  /** The same; resolves when those that run have ended. */
  async end(): Promise<void> {
    this.stop()
    await Promise.all(this.#running)
  }

  #schedule(fault: Fault): void {
    let isRunning = false
    const act = (): void => {
      if (isRunning) return
      isRunning = true
      const done = this.#act(fault).finally(() => {
        isRunning = false
        this.#running.delete(done)
      })
      this.#running.add(done)
    }
    if (fault.at !== undefined) this.#timers.push(setTimeout(act, fault.at))
    if (fault.every !== undefined) this.#timers.push(setInterval(act, fault.every))
  }

  async #act(fault: Fault): Promise<void> {
    try {
      await fault.do(this.#context)
    } catch (error) {
      this.#failed.fail(new Error('a fault of the check threw', { cause: error }))
    }
  }
}

/** Keeps the dice of faults apart from those of processes. */
const FAULTS = 0xfa
