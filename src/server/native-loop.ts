import { AsyncResource } from 'node:async_hooks'
import type { NativeFront } from '../native/contract.js'
import { NativeOut } from './native-out.js'
import { recordBytes, type Shared, sharedBuffer } from './native-wire.js'

export interface NativeLoopParts {
  /** The record of so many bytes at this place; what it holds is overwritten by the next batch. */
  readonly take: (shared: Shared, at: number, bytes: number) => void
  /** What was said or heard does not hold together. */
  readonly onBroken: (error: unknown) => void
}

/** Takes the largest request there is, and a piece of a body, several times over. */
const INTO_BYTES = 524_288

/** Batches that are taken one after the other before others have their turn. */
const BATCHES = 32

/** Requests come in batches, and what is told to Rust goes in batches: a call for each would cost more than the rest. */
export class NativeLoop {
  /** What Rust is told with the next batch. */
  readonly out: NativeOut = new NativeOut(() => this.#schedule())
  readonly #parts: NativeLoopParts
  readonly #into = sharedBuffer(INTO_BYTES)
  /** What belongs to no request runs in it: the context of the one that was last would follow into the next ones. */
  readonly #resource = new AsyncResource('StrataListener')
  #front: NativeFront | undefined
  #isScheduled = false
  #isTurning = false

  constructor(parts: NativeLoopParts) {
    this.#parts = parts
  }

  /** From which front records come. */
  start(front: NativeFront): void {
    this.#front = front
  }

  /** Nothing is taken or told any more. */
  stop(): void {
    this.#front = undefined
  }

  /** Gives what there is, takes what is there, and so on until there is nothing, or others must have their turn. */
  readonly turn = (): void => {
    if (this.#front === undefined || this.#isTurning) return
    this.#isTurning = true
    let isEmpty = false
    try {
      isEmpty = this.#turned(this.#front)
    } catch (error) {
      this.#parts.onBroken(error)
    } finally {
      this.#isTurning = false
    }
    if (!isEmpty || this.out.length > 0) this.#schedule()
  }

  /** Returns whether there is nothing more to take. */
  #turned(front: NativeFront): boolean {
    for (let batch = 0; batch < BATCHES; batch++) {
      const filled = this.#exchange(front)
      if (filled === 0) return true
      this.#takeAll(filled)
      // nothing to give yet: what is being answered by promises goes with the next batch
      if (this.out.length === 0) return false
    }
    return false
  }

  /** What was told is not told again, also where it was refused: the end of the front is still to be heard. */
  #exchange(front: NativeFront): number {
    try {
      return front.exchange(this.out.bytes, this.out.length, this.#into.bytes)
    } finally {
      this.out.clear()
    }
  }

  #takeAll(filled: number): void {
    const into = this.#into
    for (let at = 0; at < filled;) {
      const bytes = recordBytes(into.words, at, filled)
      this.#parts.take(into, at, bytes)
      at += bytes
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isTurning || this.#front === undefined) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#resource.runInAsyncScope(this.turn)
    })
  }
}
