import { setTimeout as sleep } from 'node:timers/promises'
import { allOff, allOn, type SwitchName, type Switches } from '../app/switches.js'
import { startLoadGenerator } from '../load/load.js'
import { Feed } from './feed.js'
import { Side, type SideParts } from './side.js'
import type { SideName, View } from './view.js'

export interface DuelParts extends Omit<SideParts, 'name'> {
  readonly database: string
  readonly idle: Readonly<Partial<Record<SwitchName, string>>>
}

/**
 * Two compositions of the application, which are asked in turns: at the same time each would slow the other down. Only
 * while somebody looks.
 */
export class Duel {
  readonly feed: Feed<View>
  readonly #parts: DuelParts
  readonly #sides: Readonly<Record<SideName, Side>>
  readonly #asker = startLoadGenerator()
  /** The work that runs: turns and changes of switches do not overlap. */
  #running: Promise<void> = Promise.resolve()
  #rounds: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(parts: DuelParts) {
    this.#parts = parts
    this.#sides = {
      before: new Side({ ...parts, name: 'before' }, allOff),
      after: new Side({ ...parts, name: 'after' }, allOn),
    }
    this.feed = new Feed(() => this.view)
  }

  get view(): View {
    const { database, idle } = this.#parts
    const { before, after } = this.#sides
    return { at: Date.now(), database, idle, sides: { before: before.view, after: after.view } }
  }

  async open(): Promise<void> {
    await this.#sides.before.open()
    await this.#sides.after.open()
    this.#rounds = this.#play()
  }

  /** Resolves when the side runs so. */
  async set(side: SideName, switches: Switches): Promise<void> {
    await this.#alone(() => this.#sides[side].open(switches))
    this.feed.tell()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.feed.close()
    await this.#rounds
    await this.#running
    for (const side of Object.values(this.#sides)) await side.close()
    await this.#asker.close()
  }

  async #play(): Promise<void> {
    for (;;) {
      await this.feed.somebody()
      if (this.#isClosed) return
      for (const side of Object.values(this.#sides)) {
        await this.#alone(() => side.take(this.#asker))
      }
      this.feed.tell()
      // whoever has left is noticed when he is told the next time
      await sleep(100)
    }
  }

  #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#running.then(work)
    // who waits for it is told what went wrong; the work after it begins all the same
    this.#running = done.catch(() => {})
    return done
  }
}
