import { formatMessage, type Message } from '../bus/message.js'
import { MARK, markersOf } from './marker.js'
import type { TurnWrites } from './turn-writes.js'

/** How writes tell other processes what they made unusable. */
export interface Announcer {
  /** Channel and message for a script that tells by itself; an empty channel where it must not. */
  inScript(namespace: string, message: Message): [channel: string, message: string]
  /** Tells what a script that must not tell by itself has done; undefined where scripts do. */
  afterwards(namespace: string, message: Message): Promise<void> | undefined
}

/** One Redis: the script that writes also publishes, so that nothing is told that was not done, and nothing done untold. */
export class PublishAnnouncer implements Announcer {
  readonly #channel: string
  readonly #instance: string

  constructor(channel: string, instance: string) {
    this.#channel = channel
    this.#instance = instance
  }

  inScript(namespace: string, message: Message): [string, string] {
    return [this.#channel, formatMessage({ instance: this.#instance, namespace, message })]
  }

  afterwards(): undefined {
    return undefined
  }
}

/** Cluster: what was done is told afterwards, by a marker in the same slot; it counts as done when that stands. */
export class MarkerAnnouncer implements Announcer {
  readonly #root: string
  readonly #instance: string
  readonly #writes: TurnWrites

  constructor(root: string, instance: string, writes: TurnWrites) {
    this.#root = root
    this.#instance = instance
    this.#writes = writes
  }

  inScript(): [string, string] {
    return ['', '']
  }

  async afterwards(namespace: string, message: Message): Promise<void> {
    const markers = markersOf(this.#root, { instance: this.#instance, namespace, message })
    await Promise.all(markers.map((marker) => this.#writes.run(MARK, [marker], [])))
  }
}
