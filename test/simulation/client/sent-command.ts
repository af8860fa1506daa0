import { Buffer } from 'node:buffer'
import { ErrorReply, type Reply, Status } from '../redis/reply.js'
import { ReplyError } from './client-error.js'

export type Argument = string | number | Buffer | Uint8Array

/** A command with the promise its caller holds. */
export class SentCommand {
  readonly name: string
  readonly words: readonly Buffer[]
  readonly promise: Promise<unknown>
  /** Of SUBSCRIBE and UNSUBSCRIBE: acknowledgements to come. */
  awaited: number
  readonly #asBuffers: boolean
  #resolve!: (value: unknown) => void
  #reject!: (error: unknown) => void

  constructor(name: string, args: readonly Argument[], asBuffers: boolean) {
    this.name = name.toLowerCase()
    this.words = [name, ...args].map(bytesOf)
    this.awaited = Math.max(1, args.length)
    this.#asBuffers = asBuffers
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    // a caller that does not look is no reason to end the process
    this.promise.catch(() => {})
  }

  settle(reply: Reply): void {
    if (reply instanceof ErrorReply) this.reject(new ReplyError(reply.message))
    else this.#resolve(this.#valueOf(reply))
  }

  resolve(value: unknown): void {
    this.#resolve(value)
  }

  reject(error: Error): void {
    this.#reject(error)
  }

  #valueOf(reply: Reply): unknown {
    if (reply === null || typeof reply === 'number') return reply
    // a copy: what comes over a wire is never the very object that came before
    if (Buffer.isBuffer(reply)) return this.#asBuffers ? Buffer.from(reply) : reply.toString()
    if (reply instanceof Status) return this.#asBuffers ? Buffer.from(reply.text) : reply.text
    if (reply instanceof ErrorReply) return new ReplyError(reply.message)
    return reply.map((part) => this.#valueOf(part))
  }
}

function bytesOf(argument: Argument): Buffer {
  // a copy: what the caller does with its buffer afterwards does not change what was sent
  return typeof argument === 'object' ? Buffer.from(argument) : Buffer.from(String(argument))
}
