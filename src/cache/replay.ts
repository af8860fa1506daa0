import type { Invalidation } from '../bus/bus.js'
import type { Cancel, Clock } from '../clock.js'
import type { Tier } from '../tier/tier.js'

/** One invalidation that Redis has not confirmed. */
export interface Pending {
  readonly namespace: string
  readonly tier: Pick<Tier<unknown>, 'remove' | 'expire' | 'invalidate' | 'clear'>
  readonly invalidation: Invalidation
  /** Monotonic milliseconds. */
  readonly notBefore: number
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2_000
/** Replayed together. */
const CHUNK = 256

/**
 * Invalidations that could not reach Redis, in order. While there is one, nothing may be read from Redis: it may hold
 * what was invalidated. Drained by a timer of its own, and at once when Redis is back. When it would grow over its bound
 * it becomes one `clear` for each namespace in it: more than was asked, never less.
 */
export class ReplayQueue {
  readonly #clock: Clock
  readonly #max: number
  /** Told of each replayed invalidation, so that memory is cleaned of what was read meanwhile. */
  readonly #onReplayed: (pending: Pending) => void
  #pending: Pending[] = []
  #pause = FIRST_PAUSE
  #timer: Cancel | undefined
  #draining: Promise<void> | undefined

  constructor(max: number, clock: Clock, onReplayed: (pending: Pending) => void) {
    this.#max = max
    this.#clock = clock
    this.#onReplayed = onReplayed
  }

  get depth(): number {
    return this.#pending.length
  }

  add(pending: Pending): void {
    this.#pending.push(pending)
    if (this.#pending.length > this.#max) this.#pending = clearsInstead(this.#pending)
    if (this.#timer === undefined) this.#drainLater()
  }

  /** Tries now. Resolves when the queue is empty or Redis refused again; never rejects. */
  drain(): Promise<void> {
    this.#draining ??= this.#run().finally(() => {
      this.#draining = undefined
    })
    return this.#draining
  }

  stop(): void {
    this.#timer?.()
    this.#timer = undefined
  }

  /** Tries again and again; resolves when the queue is empty, or after `ms`. */
  emptied(ms: number): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve()
    return new Promise((resolve) => {
      let cancelNext: Cancel | undefined
      const end = (): void => {
        isOver = true
        cancelEnd()
        cancelNext?.()
        resolve()
      }
      const attempt = (): void => {
        void this.drain().then(() => {
          if (isOver) return
          if (this.#pending.length === 0) end()
          else cancelNext = this.#clock.after(FIRST_PAUSE, attempt)
        })
      }
      let isOver = false
      const cancelEnd = this.#clock.after(ms, end)
      attempt()
    })
  }

  /** In order: one to see whether Redis takes it, then chunks, which reach it in the order they were sent. */
  async #run(): Promise<void> {
    this.stop()
    for (let size = 1; this.#pending.length > 0; size = CHUNK) {
      const chunk = this.#due(size)
      if (chunk.length === 0) return this.#retryLater()
      const done = await applied(chunk)
      for (const pending of chunk.slice(0, done)) this.#onReplayed(pending)
      // An overflow may have replaced the queue meanwhile; then its clears cover what was just replayed.
      if (this.#pending[0] === chunk[0]) this.#pending.splice(0, done)
      if (done < chunk.length) return this.#retryLater()
    }
    this.#pause = FIRST_PAUSE
  }

  /** From the first one on, as far as their time has come. */
  #due(size: number): readonly Pending[] {
    const now = this.#clock.now()
    const early = this.#pending.findIndex(({ notBefore }) => notBefore > now)
    return this.#pending.slice(0, early === -1 ? size : Math.min(size, early))
  }

  /** Still away (the guard has reported it): the same one is tried again after a longer pause. */
  #retryLater(): void {
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
    this.#drainLater()
  }

  /** A timer that has fired is forgotten, also when it finds a drain under way: the next `add` needs one of its own. */
  #drainLater(): void {
    this.stop()
    this.#timer = this.#clock.after(this.#pause, () => {
      this.#timer = undefined
      void this.drain()
    })
  }
}

/** How many of them, from the first one, were carried out. Doing one of the others again later does no harm. */
async function applied(chunk: readonly Pending[]): Promise<number> {
  const results = await Promise.allSettled(
    chunk.map(({ tier, invalidation }) => applyTo(tier, invalidation)),
  )
  const failed = results.findIndex(({ status }) => status === 'rejected')
  return failed === -1 ? chunk.length : failed
}

/** Carries an invalidation out on a tier. */
export async function applyTo(tier: Pending['tier'], invalidation: Invalidation): Promise<void> {
  switch (invalidation.kind) {
    case 'remove':
      return await tier.remove(invalidation.keys)
    case 'expire':
      return await tier.expire(invalidation.key)
    case 'tags':
      return await tier.invalidate(invalidation.tags, invalidation.soft)
    case 'clear':
      return await tier.clear()
  }
}

function clearsInstead(pending: readonly Pending[]): Pending[] {
  const namespaces = new Map(pending.map((one) => [one.namespace, one]))
  return [...namespaces.values()].map(({ namespace, tier, notBefore }) => ({
    namespace,
    tier,
    invalidation: { kind: 'clear' },
    notBefore,
  }))
}
