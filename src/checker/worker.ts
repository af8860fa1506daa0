import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { readAnswerOf, writeResultOf } from './answer.js'
import { type Assignment, keyspaceFor } from './assignment.js'
import type { DatabaseClient } from './database-client.js'
import { Dice } from './dice.js'
import type { Driver, Row } from './driver.js'
import type { WriteKind } from './history.js'
import type { Journal } from './journal.js'
import type { Keyspace } from './keyspace.js'
import { timed } from './timed.js'
import { type Operation, trafficOf } from './traffic.js'

export interface WorkerParts {
  readonly driver: Driver
  readonly database: DatabaseClient
  readonly journal: Journal
}

/** The clients of one process: they read and write through its driver, and note everything. */
export class Worker {
  readonly #assignment: Assignment
  readonly #driver: Driver
  readonly #database: DatabaseClient
  readonly #journal: Journal
  readonly #keyspace: Keyspace
  readonly #latency: Dice
  #isFinishing = false
  #begun = 0
  reads = 0
  writes = 0

  constructor(assignment: Assignment, { driver, database, journal }: WorkerParts) {
    this.#assignment = assignment
    this.#driver = driver
    this.#database = database
    this.#journal = journal
    this.#keyspace = keyspaceFor(assignment)
    const { seed, process, life } = assignment
    this.#latency = new Dice(seed, process, life, -1)
  }

  /** Resolves when it was told to finish, or has done what it was assigned, and every operation has ended. */
  async run(): Promise<void> {
    const clients = Array.from({ length: this.#assignment.clients }, (_, n) => this.#client(n))
    await Promise.all(clients)
    this.#journal.flush()
  }

  finish(): void {
    this.#isFinishing = true
  }

  /** Reads every key once. */
  async readAtRest(): Promise<void> {
    await Promise.all(this.#keyspace.keys.map((key) => this.#read(key, true)))
    this.#journal.flush()
  }

  async #client(number: number): Promise<void> {
    const { seed, process, life, writeShare, pause, operations } = this.#assignment
    const dice = new Dice(seed, process, life, number)
    const plan = { keyspace: this.#keyspace, writeShare, kinds: this.#kinds() }
    for (const operation of trafficOf(dice, plan)) {
      if (this.#isFinishing || this.#begun >= (operations ?? Number.POSITIVE_INFINITY)) return
      this.#begun++
      await this.#perform(operation)
      const wait = dice.below(2 * pause + 1)
      // also hits in memory, which take no turn of the event loop, must let messages in
      await (wait === 0 ? setImmediate() : sleep(wait))
    }
  }

  #kinds(): WriteKind[] {
    const kinds: WriteKind[] = ['delete']
    if (this.#driver.set !== undefined) kinds.push('set')
    if (this.#driver.invalidateTag !== undefined && this.#keyspace.tags.length > 0)
      kinds.push('tag')
    return kinds
  }

  async #perform(operation: Operation): Promise<void> {
    const driver = this.#driver
    switch (operation.kind) {
      case 'read':
        await this.#read(operation.key, false)
        this.reads++
        return
      case 'delete':
        await this.#write('delete', [operation.key], () => driver.delete(operation.key))
        break
      case 'set':
        await this.#write('set', [operation.key], async (version) => {
          const { key } = operation
          return await driver.set?.(key, { key, version }, this.#tagsOf(key))
        })
        break
      case 'tag': {
        const { tag } = operation
        const call = async (): Promise<unknown> => await driver.invalidateTag?.(tag)
        await this.#write('tag', this.#keyspace.keysOf(tag), call)
        break
      }
    }
    this.writes++
  }

  async #read(key: string, atRest: boolean): Promise<void> {
    const call = (): Promise<unknown> =>
      this.#driver.get(key, () => this.#load(key), this.#tagsOf(key))
    const answer = await timed(call, this.#assignment.operationTimeout)
    this.#journal.read({
      key,
      begun: answer.began,
      ended: answer.ended ?? answer.began,
      atRest,
      ...readAnswerOf(key, answer),
    })
  }

  /** Writes the database, then tells the cache. Of a `set` nobody else may write the key meanwhile. */
  async #write(
    kind: WriteKind,
    keys: readonly string[],
    call: (version: number) => Promise<unknown>,
  ): Promise<void> {
    const written = await this.#database.write(keys, kind === 'set')
    const versions = keys.map((key, index) => [key, written.versions[index] ?? 0] as const)
    let end: ReturnType<Journal['beginWrite']> | undefined
    const answer = await timed(
      () => call(written.versions[0] ?? 0),
      this.#assignment.operationTimeout,
      (began) => {
        end = this.#journal.beginWrite({ kind, versions }, began)
      },
    )
    if (answer.ended !== undefined) end?.(answer.ended, writeResultOf(answer))
    await written.release()
  }

  /** The row as the database has it now, later. */
  async #load(key: string): Promise<Row> {
    const { minLatency, maxLatency } = this.#assignment
    const wait = minLatency + this.#latency.next() * (maxLatency - minLatency)
    const version = await this.#database.read(key)
    if (wait >= 1) await sleep(wait)
    return { key, version }
  }

  #tagsOf(key: string): readonly string[] {
    return this.#driver.invalidateTag === undefined ? [] : this.#keyspace.tagsOf(key)
  }
}
