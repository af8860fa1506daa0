import type { Invalidation } from '../bus/bus.js'
import type { Cancel, Clock } from '../clock.js'
import type { Tier } from '../tier/tier.js'

/** One invalidation that Redis has not confirmed. */
export interface Pending {
  readonly namespace: string
  readonly tier: Pick<Tier<unknown>, 'remove' | 'expire' | 'invalidate' | 'clear'>
  readonly invalidation: Invalidation
}

const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2_000

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
    this.#timer ??= this.#clock.after(this.#pause, () => void this.drain())
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

  async #run(): Promise<void> {
    this.stop()
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      try {
        await applyTo(next.tier, next.invalidation)
      } catch {
        // Still away (the guard has reported it): the same one is tried again after a longer pause.
        this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE)
        this.#timer = this.#clock.after(this.#pause, () => void this.drain())
        return
      }
      // An overflow may have replaced the queue meanwhile; then its clear covers what was just replayed.
      if (this.#pending[0] === next) this.#pending.shift()
      this.#onReplayed(next)
    }
    this.#pause = FIRST_PAUSE
  }
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
  return [...namespaces.values()].map(({ namespace, tier }) => ({
    namespace,
    tier,
    invalidation: { kind: 'clear' },
  }))
}
