import type { Owner } from './owner.js'

export interface TimedEvent {
  readonly at: number
  /** Decides between events of one instant. */
  readonly order: number
  /** Undefined: cancelled. */
  fn: (() => void) | undefined
  readonly owner: Owner | undefined
}

/** A binary heap, the earliest event first. */
export class EventHeap {
  readonly #events: TimedEvent[] = []

  push(event: TimedEvent): void {
    const events = this.#events
    let at = events.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isEarlier(events[at]!, events[parent]!)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  /** Takes the earliest one out, unless that is later than `instant`. */
  pop(instant: number): TimedEvent | undefined {
    const events = this.#events
    const first = events[0]
    if (first === undefined || first.at > instant) return undefined
    const last = events.pop()!
    if (events.length > 0) {
      events[0] = last
      this.#sink()
    }
    return first
  }

  #sink(): void {
    const events = this.#events
    for (let at = 0; ;) {
      let least = at
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < events.length && isEarlier(events[child]!, events[least]!)) least = child
      }
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }

  #swap(a: number, b: number): void {
    const events = this.#events
    const held = events[a]!
    events[a] = events[b]!
    events[b] = held
  }
}

function isEarlier(a: TimedEvent, b: TimedEvent): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
