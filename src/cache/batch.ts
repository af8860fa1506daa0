import { LoadResultError } from '../errors.js'
import type { LoadContext } from './options.js'

/** What a loader of many is told. */
export interface BatchContext<Id> {
  /** Aborts when every id's callers have given up. */
  readonly signal: AbortSignal
  /** The context of one id: sets its ttl, grace and tags, or keeps it from being stored. */
  for(id: Id): LoadContext
}

/** In any of three shapes: a Map by id; rows with `by`; an array of the same length in the same order. */
export type ManyResult<Id, V> = ReadonlyMap<Id, V> | readonly (V | null | undefined)[]

export type ManyLoader<Id, V> = (
  ids: Id[],
  context: BatchContext<Id>,
) => ManyResult<Id, V> | Promise<ManyResult<Id, V>>

export interface BatchOptions<Id, V> {
  readonly load: ManyLoader<Id, V>
  /** The id of a row. */
  readonly by: ((row: V) => Id) | undefined
  /** What makes two ids the same one. */
  readonly keyOf: (id: Id) => string
  readonly maxBatch: number
  /** Runs one call of the loader; where a bound of concurrent loads is kept. */
  readonly run: <T>(work: () => Promise<T>) => Promise<T>
}

interface Member<Id> {
  readonly id: Id
  readonly key: string
  readonly context: LoadContext
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** Joins the loads of single ids that begin in one turn of the event loop into one call of a loader of many. */
export class Batch<Id, V> {
  readonly #options: BatchOptions<Id, V>
  #members: Member<Id>[] = []

  constructor(options: BatchOptions<Id, V>) {
    this.#options = options
  }

  /** The value of one id; undefined if the loader had none. */
  load(id: Id, context: LoadContext): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#members.length === 0) setImmediate(() => this.#flush())
      const key = this.#options.keyOf(id)
      this.#members.push({ id, key, context, resolve, reject })
    })
  }

  #flush(): void {
    const members = this.#members
    this.#members = []
    const { maxBatch } = this.#options
    for (let at = 0; at < members.length; at += maxBatch) {
      void this.#loadChunk(members.slice(at, at + maxBatch))
    }
  }

  async #loadChunk(members: readonly Member<Id>[]): Promise<void> {
    const { load, by, keyOf, run } = this.#options
    try {
      const ids = members.map((member) => member.id)
      const result = await run(async () => load(ids, contextOf(members, keyOf)))
      const values = valuesByKey(ids, result, by, keyOf)
      for (const { key, resolve } of members) resolve(values.get(key))
    } catch (error) {
      for (const { reject } of members) reject(error)
    }
  }
}

function contextOf<Id>(
  members: readonly Member<Id>[],
  keyOf: (id: Id) => string,
): BatchContext<Id> {
  const contexts = new Map(members.map((member) => [member.key, member.context]))
  return {
    get signal() {
      return allAborted(members.map((member) => member.context.signal))
    },
    for: (id) => {
      const context = contexts.get(keyOf(id))
      if (context !== undefined) return context
      throw new LoadResultError(`ctx.for(${String(id)}): this id is not among those being loaded`)
    },
  }
}

/** Aborts when the last of them has. */
function allAborted(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController()
  let left = signals.length
  for (const signal of signals) {
    const gone = (): void => {
      if (--left === 0) controller.abort(signal.reason)
    }
    if (signal.aborted) gone()
    else signal.addEventListener('abort', gone, { once: true })
  }
  return controller.signal
}

/** Assigns what a loader of many gave to the ids it was asked for; whatever could be mistaken is a `LoadResultError`. */
function valuesByKey<Id, V>(
  ids: readonly Id[],
  result: unknown,
  by: ((row: V) => Id) | undefined,
  keyOf: (id: Id) => string,
): Map<string, V | null | undefined> {
  if (result instanceof Map) {
    return new Map([...(result as Map<Id, V>)].map(([id, value]) => [keyOf(id), value]))
  }
  if (!Array.isArray(result)) {
    throw new LoadResultError('a loader of many must return a Map by id or an array')
  }
  if (by !== undefined) return rowsByKey(ids, result as V[], by, keyOf)
  if (result.length !== ids.length) {
    throw new LoadResultError(
      `a loader of many got ${ids.length} ids and returned ${result.length} values: without by, the array must be as long as the ids and in their order`,
    )
  }
  return new Map(ids.map((id, index) => [keyOf(id), (result as V[])[index]]))
}

function rowsByKey<Id, V>(
  ids: readonly Id[],
  rows: readonly V[],
  by: (row: V) => Id,
  keyOf: (id: Id) => string,
): Map<string, V> {
  const values = new Map<string, V>()
  for (const row of rows) {
    if (row !== null && row !== undefined) values.set(keyOf(by(row)), row)
  }
  // A driver that gives bigint columns as strings would otherwise look like a table without these rows.
  if (values.size > 0 && !ids.some((id) => values.has(keyOf(id)))) {
    const [first] = values.keys()
    throw new LoadResultError(
      `by: none of the ${values.size} rows belongs to an id asked for (row '${first}', asked '${keyOf(ids[0] as Id)}')`,
    )
  }
  return values
}
