import { replyCode } from '../tier/failure.js'
import type { CommandClient } from './redis-client.js'
import type { RedisLink } from './redis-link.js'
import type { Turn } from './turn.js'

/** What stands for a key that holds a list, a set, ...: told apart from an absent one where the reply allows it. */
export const WRONG_TYPE: Buffer = Buffer.alloc(0)

/** Keys of one MGET. Longer ones hold up everybody else's commands, and fill a socket's buffers. */
const MOST_KEYS = 512

/** The bytes under a key, null when there is nothing. */
export type Reply = Buffer | null
/** In Cluster each key has its own fate. */
type Replies = readonly (Reply | Error | undefined)[]

/**
 * Reads of one event-loop turn, sent as one MGET of distinct keys (in Cluster as GETs, since keys live in different
 * slots). Measured: 1.6 times the reads per second of a GET each, automatic pipelining included.
 */
export class TurnReads {
  readonly #client: CommandClient
  readonly #link: RedisLink
  readonly #turn: Turn
  /** The last one is being filled. */
  #batches: Batch[] = []

  constructor(client: CommandClient, link: RedisLink, turn: Turn) {
    this.#client = client
    this.#link = link
    this.#turn = turn
    turn.onEnd(() => this.#flush())
  }

  /** What `use` makes of the replies of these keys, read at one moment (in Cluster: in one turn). */
  get<T>(keys: readonly string[], use: (replies: readonly Reply[]) => T | Promise<T>): Promise<T> {
    return this.#ask(keys.length, (batch) => batch.places(keys), use)
  }

  /** The same, with the first `length` bytes of one more key as the last reply (empty when absent). */
  getWithBeginning<T>(
    keys: readonly string[],
    beginning: { readonly key: string; readonly length: number },
    use: (replies: readonly Reply[]) => T | Promise<T>,
  ): Promise<T> {
    const { key, length } = beginning
    return this.#ask(
      keys.length + 1,
      (batch) => [...batch.places(keys), batch.beginning(key, length)],
      use,
    )
  }

  #ask<T>(
    keys: number,
    placesIn: (batch: Batch) => number[],
    use: (replies: readonly Reply[]) => T | Promise<T>,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const batch = this.#batchFor(keys)
      const ask = new Ask(placesIn(batch), use, resolve, reject)
      batch.asks.push(ask as Ask<unknown>)
    })
  }

  #batchFor(keys: number): Batch {
    const last = this.#batches.at(-1)
    if (last !== undefined && last.size + keys <= MOST_KEYS) return last
    if (last === undefined) this.#turn.schedule()
    const batch = new Batch()
    this.#batches.push(batch)
    return batch
  }

  #flush(): void {
    const batches = this.#batches
    this.#batches = []
    for (const batch of batches) {
      this.#read(batch).then(
        (replies) => batch.answer(replies),
        (error: unknown) => batch.fail(error),
      )
    }
  }

  #read({ keys, beginnings }: Batch): Promise<Replies> {
    const client = this.#client
    if (!this.#link.isReady()) return Promise.reject(new Error('the connection was lost'))
    if (client.isCluster !== true && beginnings.length === 0) return client.mgetBuffer(keys)
    const begun = (): Promise<Reply | Error>[] =>
      beginnings.map(({ key, length }) =>
        client.getrangeBuffer(key, 0, length - 1).catch(wrongType),
      )
    if (client.isCluster !== true) {
      // written to the socket together: one after the other, no other command between
      const whole = keys.length === 0 ? Promise.resolve([]) : client.mgetBuffer(keys)
      return Promise.all([whole, ...begun()]).then(([first, ...others]) => [
        ...(first as readonly Reply[]),
        ...(others as readonly Reply[]),
      ])
    }
    return Promise.all([...keys.map((key) => client.getBuffer(key).catch(wrongType)), ...begun()])
  }
}

interface Beginning {
  readonly key: string
  readonly length: number
}

class Batch {
  readonly keys: string[] = []
  readonly beginnings: Beginning[] = []
  readonly asks: Ask<unknown>[] = []
  readonly #places = new Map<string, number>()

  get size(): number {
    return this.keys.length + this.beginnings.length
  }

  places(keys: readonly string[]): number[] {
    const places: number[] = []
    for (const key of keys) places.push(this.#placeOf(key))
    return places
  }

  /** A negative place: they are answered behind the keys, whose number is not known yet. */
  beginning(key: string, length: number): number {
    return -this.beginnings.push({ key, length })
  }

  #placeOf(key: string): number {
    const known = this.#places.get(key)
    if (known !== undefined) return known
    this.#places.set(key, this.keys.length)
    return this.keys.push(key) - 1
  }

  answer(replies: Replies): void {
    for (const ask of this.asks) ask.answer(replies, this.keys.length)
  }

  fail(error: unknown): void {
    for (const ask of this.asks) ask.reject(error)
  }
}

class Ask<T> {
  readonly #places: readonly number[]
  readonly #use: (replies: readonly Reply[]) => T | Promise<T>
  readonly #resolve: (value: T | Promise<T>) => void
  readonly reject: (error: unknown) => void

  constructor(
    places: readonly number[],
    use: (replies: readonly Reply[]) => T | Promise<T>,
    resolve: (value: T | Promise<T>) => void,
    reject: (error: unknown) => void,
  ) {
    this.#places = places
    this.#use = use
    this.#resolve = resolve
    this.reject = reject
  }

  answer(replies: Replies, keys: number): void {
    try {
      const own: Reply[] = []
      for (const place of this.#places) {
        own.push(bytesOf(replies[place < 0 ? keys - place - 1 : place]))
      }
      this.#resolve(this.#use(own))
    } catch (error) {
      this.reject(error)
    }
  }
}

function bytesOf(reply: Reply | Error | undefined): Reply {
  if (reply instanceof Error) throw reply
  return reply ?? null
}

function wrongType(error: unknown): Buffer | Error {
  const failed = error instanceof Error ? error : new Error(String(error))
  return replyCode(failed.message) === 'WRONGTYPE' ? WRONG_TYPE : failed
}
