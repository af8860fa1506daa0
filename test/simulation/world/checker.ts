/** A read that brought what it must not have brought. */
export interface Violation {
  readonly kind: 'stale' | 'stale at rest' | 'stuck' | 'two loads'
  readonly process: string
  readonly key: string
  readonly how: string
  readonly got: number
  /** The newest version acknowledged before the read began. */
  readonly floor: number
  /** By whom and how the first version was acknowledged that should have been seen. */
  readonly by: string
  /** Milliseconds between that acknowledgement and the read. */
  readonly age: number
  /** Milliseconds since the simulation began. */
  readonly at: number
}

/** How long after an acknowledgement an older value may be read (0: never). */
export interface Tolerance {
  /** In the process that invalidated. */
  readonly own: number
  /** In every other process. */
  readonly others: number
  /**
   * In every other process, by a read that took the value of a load under way: one that cannot hear of an invalidation
   * (Redis is away) shares its load with whoever calls meanwhile.
   */
  readonly joined: number
}

/** What was read, undefined when there is nothing to judge, and whether another call's load brought it. */
export interface Got {
  readonly version: number
  readonly isJoined: boolean
}

interface Acknowledgement {
  readonly version: number
  readonly at: number
  readonly process: string
  readonly how: string
  /** Known to Redis; else only the process that asked for it must respect it. */
  readonly isApplied: boolean
}

/** A read that has begun. */
export interface Watch {
  readonly key: string
  readonly process: string
  readonly began: number
  /** Acknowledgements before it, the first so many. */
  readonly known: number
}

/** Compares what is read with what had been acknowledged when the read began. */
export class Checker {
  readonly violations: Violation[] = []
  readonly #tolerance: Tolerance
  readonly #acknowledged = new Map<string, Acknowledgement[]>()
  readonly #running = new Map<Watch, string>()
  /** Processes that live at the end; undefined before. */
  #survivors: readonly string[] | undefined

  constructor(tolerance: Tolerance) {
    this.#tolerance = tolerance
  }

  acknowledge(key: string, acknowledgement: Acknowledgement): void {
    const list = this.#acknowledged.get(key) ?? []
    list.push(acknowledgement)
    this.#acknowledged.set(key, list)
  }

  begin(key: string, process: string, now: number): Watch {
    const known = this.#acknowledged.get(key)?.length ?? 0
    const watch = { key, process, began: now, known }
    this.#running.set(watch, process)
    return watch
  }

  end(watch: Watch, read: Got | undefined, how: string, now: number): void {
    this.#running.delete(watch)
    if (read === undefined) return
    const { key, process, began, known } = watch
    const got = read.version
    const before = (this.#acknowledged.get(key) ?? []).slice(0, known)
    const missed = before.filter((one) => one.version > got && this.#counts(one, watch, read))
    const [first] = missed
    if (first === undefined) return
    const floor = Math.max(...missed.map(({ version }) => version))
    const by = `${first.process} ${first.how}`
    const kind = this.#survivors !== undefined ? 'stale at rest' : 'stale'
    this.violations.push({
      kind,
      process,
      key,
      how,
      got,
      floor,
      by,
      age: began - first.at,
      at: now,
    })
  }

  /**
   * From now on nothing happens any more that could excuse a stale value: those who live have told Redis everything by now.
   */
  rest(living: readonly string[]): void {
    this.#survivors = living
  }

  reportTwoLoads(key: string, now: number): void {
    const twice = { kind: 'two loads', process: '', key, how: 'at once', got: 0, floor: 0 } as const
    this.violations.push({ ...twice, by: '', age: 0, at: now })
  }

  /** Whether reads are under way. */
  get isBusy(): boolean {
    return this.#running.size > 0
  }

  /** Reads that have not ended, of processes that live. */
  reportStuck(living: readonly string[], now: number): void {
    for (const [{ key, began }, process] of this.#running) {
      if (!living.includes(process)) continue
      const stuck = { kind: 'stuck', process, key, how: 'never ended', got: 0, floor: 0 } as const
      this.violations.push({ ...stuck, by: '', age: now - began, at: now })
    }
  }

  #counts(one: Acknowledgement, { process, began }: Watch, { isJoined }: Got): boolean {
    const isOwn = one.process === process
    if (this.#survivors?.includes(one.process) === true) return true
    if (!one.isApplied && !isOwn) return false
    const { own, others, joined } = this.#tolerance
    const allowed = isOwn ? own : Math.max(others, isJoined ? joined : 0)
    return allowed === 0 || began - one.at > allowed
  }
}
