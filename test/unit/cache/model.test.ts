import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { type ManualClock, settle } from '../../support/manual-clock.js'
import { type Deferred, deferred, everyShape } from './harness.js'

const KEYS = ['a', 'b', 'c'] as const
const TAGS = ['s', 't'] as const
type Key = (typeof KEYS)[number]
type Tag = (typeof TAGS)[number]

/** Each key always carries the same tags, so that the model knows what an invalidation means. */
const TAGS_OF: Readonly<Record<Key, readonly Tag[]>> = { a: ['s'], b: ['s', 't'], c: [] }
const TTL = 1_000
const GRACE = 3_000
const options = (key: Key) => ({ ttl: TTL, grace: GRACE, tags: TAGS_OF[key], retryAfter: 500 })

/** A value names itself: which source made it, in the order of making. */
interface Value {
  readonly key: Key
  readonly serial: number
}

/** What is known of a value without looking into the cache. */
interface Life {
  /** Made or set at the earliest then: no invalidation before concerns it. */
  readonly begun: number
  /** When its loader returned it, or it was set. */
  storedAt: number
}

interface Run {
  readonly key: Key
  readonly begun: number
  readonly result: Deferred<Value>
  readonly signal: AbortSignal
}

/**
 * What a cache must keep to, told without knowing how it does it. An order of events counts what happens; a value may be
 * read only if it was begun after the last invalidation of its key that had resolved when the read began.
 */
class Model {
  #order = 0
  #serial = 0
  readonly lives = new Map<number, Life>()
  readonly hardAt: Record<Key, number> = { a: 0, b: 0, c: 0 }
  readonly softAt: Record<Key, number> = { a: 0, b: 0, c: 0 }
  readonly runs: Run[] = []
  readonly pending: Promise<unknown>[] = []

  tick(): number {
    return ++this.#order
  }

  make(key: Key, begun: number, now: number): Value {
    const serial = ++this.#serial
    this.lives.set(serial, { begun, storedAt: now })
    return { key, serial }
  }

  /** Running loads of the key that no invalidation has overtaken. */
  unrevoked(key: Key): Run[] {
    const floor = Math.max(this.hardAt[key], this.softAt[key])
    return this.runs.filter((run) => run.key === key && run.begun > floor && !run.signal.aborted)
  }
}

interface Real {
  readonly cache: Cache
  readonly clock: ManualClock
}

type Command = fc.AsyncCommand<Model, Real>

/** `floor`: what the invalidations said when the read began. */
function check(
  model: Model,
  { clock }: Real,
  read: { key: Key; value: Value | undefined; outcome: string; floor: number; softFloor: number },
): void {
  const { key, value, outcome, floor, softFloor } = read
  if (value === undefined) return
  expect(value.key).toBe(key)
  const life = model.lives.get(value.serial)
  if (life === undefined) throw new Error('a value that nobody made')
  expect(life.begun, 'older than an invalidation').toBeGreaterThan(floor)
  if (outcome === 'hit') {
    expect(life.begun, 'fresh, older than a soft invalidation').toBeGreaterThan(softFloor)
    expect(clock.now(), 'fresh after freshUntil').toBeLessThan(life.storedAt + TTL)
  }
  if (outcome === 'hit' || outcome === 'stale') {
    expect(clock.now(), 'served after staleUntil').toBeLessThan(life.storedAt + TTL + GRACE)
  }
}

class Get implements Command {
  readonly #key: Key
  readonly #softTimeout: 0 | 100 | false

  constructor(key: Key, softTimeout: 0 | 100 | false) {
    this.#key = key
    this.#softTimeout = softTimeout
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    const key = this.#key
    const floor = model.hardAt[key]
    const softFloor = model.softAt[key]
    const load = (ctx: { signal: AbortSignal }): Promise<Value> => {
      const run = { key, begun: model.tick(), result: deferred<Value>(), signal: ctx.signal }
      expect(model.unrevoked(key), 'two loads of a key').toHaveLength(0)
      model.runs.push(run)
      return run.result.promise
    }
    const call = real.cache.read(key, load, { ...options(key), softTimeout: this.#softTimeout })
    const checked = call.then(
      ({ value, outcome }) => check(model, real, { key, value, outcome, floor, softFloor }),
      (error: unknown) => {
        if (!(error instanceof Error && error.message === 'the load failed')) throw error
      },
    )
    checked.catch(() => undefined)
    model.pending.push(checked)
    await settle()
  }

  toString(): string {
    return `get(${this.#key}, softTimeout ${this.#softTimeout})`
  }
}

class Look implements Command {
  readonly #key: Key

  constructor(key: Key) {
    this.#key = key
  }

  check(): boolean {
    return true
  }

  async run(model: Model, real: Real): Promise<void> {
    const key = this.#key
    const floor = model.hardAt[key]
    const softFloor = model.softAt[key]
    const peeked = real.cache.peek<Value>(key)
    check(model, real, { key, value: peeked, outcome: 'hit', floor, softFloor })
    const value = await real.cache.get<Value>(key)
    check(model, real, { key, value, outcome: 'hit', floor, softFloor })
    if (peeked !== undefined) expect(value).toEqual(peeked)
  }

  toString(): string {
    return `look(${this.#key})`
  }
}

class Land implements Command {
  readonly #which: number
  readonly #fails: boolean

  constructor(which: number, fails: boolean) {
    this.#which = which
    this.#fails = fails
  }

  check(model: Readonly<Model>): boolean {
    return model.runs.length > 0
  }

  async run(model: Model, { clock }: Real): Promise<void> {
    const [run] = model.runs.splice(this.#which % model.runs.length, 1)
    if (run === undefined) return
    if (this.#fails) run.result.reject(new Error('the load failed'))
    else run.result.resolve(model.make(run.key, run.begun, clock.now()))
    await settle()
  }

  toString(): string {
    return `land(${this.#which}${this.#fails ? ', failing' : ''})`
  }
}

class Write implements Command {
  readonly #key: Key

  constructor(key: Key) {
    this.#key = key
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { cache, clock }: Real): Promise<void> {
    const begun = model.tick()
    const value = model.make(this.#key, begun, clock.now())
    expect(await cache.set(this.#key, value, pick(options(this.#key)))).toBe('applied')
    // What is older than the set may not be read after it.
    model.hardAt[this.#key] = Math.max(model.hardAt[this.#key], begun - 1)
    expect(await cache.get(this.#key)).toEqual(value)
  }

  toString(): string {
    return `set(${this.#key})`
  }
}

function pick({ ttl, grace, tags }: ReturnType<typeof options>) {
  return { ttl, grace, tags }
}

/** All that makes keys unusable, or stale. */
class Invalidate implements Command {
  readonly #name: string
  readonly #keys: readonly Key[]
  readonly #isSoft: boolean
  readonly #run: (cache: Cache) => Promise<unknown>

  constructor(
    name: string,
    keys: readonly Key[],
    isSoft: boolean,
    run: (cache: Cache) => Promise<unknown>,
  ) {
    this.#name = name
    this.#keys = keys
    this.#isSoft = isSoft
    this.#run = run
  }

  check(): boolean {
    return true
  }

  async run(model: Model, { cache }: Real): Promise<void> {
    expect(await this.#run(cache)).toBe('applied')
    const at = model.tick()
    for (const key of this.#keys) {
      if (this.#isSoft) model.softAt[key] = at
      else model.hardAt[key] = at
    }
  }

  toString(): string {
    return this.#name
  }
}

class Pass implements Command {
  readonly #ms: number

  constructor(ms: number) {
    this.#ms = ms
  }

  check(): boolean {
    return true
  }

  async run(_: Model, { clock }: Real): Promise<void> {
    await clock.advanceAsync(this.#ms)
  }

  toString(): string {
    return `pass(${this.#ms})`
  }
}

const key = fc.constantFrom(...KEYS)
const tag = fc.constantFrom(...TAGS)
const keysOf = (tag: Tag): Key[] => KEYS.filter((key) => TAGS_OF[key].includes(tag))

const commands = [
  fc.tuple(key, fc.constantFrom(0, 100, false)).map(([key, soft]) => new Get(key, soft as 0)),
  key.map((key) => new Look(key)),
  fc.tuple(fc.nat(20), fc.nat(4)).map(([which, dice]) => new Land(which, dice === 0)),
  key.map((key) => new Write(key)),
  key.map((key) => new Invalidate(`delete(${key})`, [key], false, (cache) => cache.delete(key))),
  key.map((key) => new Invalidate(`expire(${key})`, [key], true, (cache) => cache.expire(key))),
  tag.map(
    (tag) =>
      new Invalidate(`tag(${tag})`, keysOf(tag), false, (cache) => cache.invalidateTags(tag)),
  ),
  tag.map(
    (tag) =>
      new Invalidate(`soft tag(${tag})`, keysOf(tag), true, (cache) =>
        cache.invalidateTags(tag, { soft: true }),
      ),
  ),
  fc.constant(new Invalidate('clear()', KEYS, false, (cache) => cache.clear())),
  fc.constantFrom(1, 99, 100, 500, 999, 1_000, 3_000, 4_000).map((ms) => new Pass(ms)),
]

test.each(everyShape)(
  'no read shows what was invalidated before it began, nor a value past its life (%s)',
  async (_, open) => {
    await fc.assert(
      fc.asyncProperty(
        fc.commands(commands, { maxCommands: 60, size: 'max' }),
        async (sequence) => {
          const { cache, clock } = open({ hardTimeout: false })
          const model = new Model()
          await fc.asyncModelRun(() => ({ model, real: { cache, clock } }), sequence)
          for (const run of model.runs.splice(0)) {
            run.result.resolve(model.make(run.key, run.begun, clock.now()))
          }
          // Who had joined a revoked load reads again.
          for (let round = 0; round < 5; round++) {
            await settle()
            for (const run of model.runs.splice(0)) {
              run.result.resolve(model.make(run.key, run.begun, clock.now()))
            }
          }
          await clock.advanceAsync(200)
          await Promise.all(model.pending)
          for (const key of KEYS) await new Look(key).run(model, { cache, clock })
        },
      ),
      { numRuns: 60 },
    )
  },
  120_000,
)
