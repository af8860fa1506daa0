import type { Cancel } from '../../../src/clock.js'
import { EventHeap, type TimedEvent } from './event-heap.js'
import type { Loop } from './loop.js'
import type { Owner } from './owner.js'

/** More events than any schedule has: something runs in circles. */
const MOST_EVENTS = 2_000_000

/**
 * Virtual time. Events run one at a time in the order of their instants (of their making, if these are equal); after each
 * of them the event loop is run until it has nothing left to do, then time jumps to the next event.
 */
export class Scheduler {
  readonly #loop: Loop
  readonly #events = new EventHeap()
  #now = 0
  #made = 0
  #ran = 0

  constructor(loop: Loop) {
    this.#loop = loop
  }

  /** Milliseconds since the simulation began. */
  get now(): number {
    return this.#now
  }

  /** Events that have run. */
  get ran(): number {
    return this.#ran
  }

  at(instant: number, fn: () => void, owner?: Owner): Cancel {
    const event: TimedEvent = { at: Math.max(instant, this.#now), order: this.#made++, fn, owner }
    this.#events.push(event)
    return () => {
      event.fn = undefined
    }
  }

  after(ms: number, fn: () => void, owner?: Owner): Cancel {
    return this.at(this.#now + ms, fn, owner)
  }

  /** Resolves after `ms` of virtual time; never, if the owner dies. */
  sleep(ms: number, owner?: Owner): Promise<void> {
    return new Promise((resolve) => {
      this.after(ms, resolve, owner)
    })
  }

  /** What falls due is held back until `resume`; the clock goes on. */
  pause(owner: Owner): void {
    if (owner.state === 'running') owner.state = 'paused'
  }

  resume(owner: Owner): void {
    if (owner.state !== 'paused') return
    owner.state = 'running'
    for (const fn of owner.backlog.splice(0)) this.at(this.#now, fn, owner)
  }

  /** Runs everything that falls due up to `instant`, which is then the present. */
  async run(instant: number): Promise<void> {
    await this.#loop.settle()
    for (let next = this.#events.pop(instant); next; next = this.#events.pop(instant)) {
      this.#now = next.at
      if (!this.#perform(next)) continue
      if (++this.#ran > MOST_EVENTS) throw new Error('the simulation does not come to an end')
      await this.#loop.settle()
    }
    this.#now = Math.max(this.#now, instant)
  }

  /** Whether anything was run. */
  #perform({ fn, owner }: TimedEvent): boolean {
    if (fn === undefined || owner?.state === 'dead') return false
    if (owner?.state === 'paused') owner.backlog.push(fn)
    else fn()
    return owner?.state !== 'paused'
  }
}
