import { formatMessage, type Message } from '../bus/message.js'

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

/** Nobody is told. */
export const SILENT: Announcer = {
  inScript: () => ['', ''],
  afterwards: () => undefined,
}
