import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

const FILE = join(import.meta.dirname, '../integration/native/fixtures/hammer.mjs')

export interface Hammered {
  readonly answers: number
  /** Older than what had been acknowledged when they were asked for. */
  readonly tooOld: number
  readonly failed: number
}

/** Asks for a path from a thread of its own, whatever happens in this one. The answers are numbers. */
export class Hammer {
  readonly #words = new Int32Array(new SharedArrayBuffer(12))
  readonly #worker: Worker

  constructor(port: number, path: string, connections = 4) {
    const shared = this.#words.buffer
    this.#worker = new Worker(FILE, { workerData: { port, path, connections, shared } })
  }

  /** It is asking. */
  async started(): Promise<this> {
    while (this.answers === 0) await sleep(5)
    return this
  }

  /** Until now. */
  get answers(): number {
    return Atomics.load(this.#words, 2)
  }

  /** Blocks this thread, as a handler that computes does, until so many more answers have come. Throws after 30 s. */
  blockUntilAnswered(more: number): void {
    const enough = this.answers + more
    for (let waited = 0; this.answers < enough; waited += 10) {
      if (waited > 30_000) throw new Error(`nobody answers while this thread is blocked`)
      Atomics.wait(this.#words, 2, this.answers, 10)
    }
  }

  /** Whatever is asked for from now on must be at least this. */
  acknowledge(version: number): void {
    Atomics.store(this.#words, 0, version)
  }

  async stop(): Promise<Hammered> {
    Atomics.store(this.#words, 1, 1)
    const [result] = (await once(this.#worker, 'message')) as [Hammered]
    return result
  }
}
