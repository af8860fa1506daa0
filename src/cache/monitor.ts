import type { Cancel } from '../clock.js'
import type { MemoryEntry } from '../tier/memory-tier.js'
import { judge, type Judgement, type Seen } from './compare.js'
import type { Space } from './engine.js'
import type { Monitor, MonitorSettings, MonitorStats, OverdueExample } from './monitor-options.js'

/** Entries that are waited for at once; what else is found behind is counted and not looked at again. */
const MOST_SUSPECTS = 1_000

const MOST_EXAMPLES = 20

/** Begins to compare, round after round, what memory would answer with what it should be. */
export function monitor(space: Space, settings: MonitorSettings): Monitor {
  return new Watch(space, settings)
}

/** An entry that was found behind. */
interface Suspect {
  readonly key: string
  readonly entry: MemoryEntry
  /** Wall-clock milliseconds. */
  readonly since: number
}

interface Judged {
  readonly seen: Seen
  readonly judgement: Judgement
}

class Watch implements Monitor {
  readonly #space: Space
  readonly #settings: MonitorSettings
  readonly #timers = new Set<Cancel>()
  readonly #unlist: () => void
  readonly #suspects = new Map<MemoryEntry, Suspect>()
  /** The latest last. */
  readonly #examples = new Map<string, OverdueExample>()
  readonly #counts = {
    rounds: 0,
    checked: 0,
    same: 0,
    behind: 0,
    overdue: 0,
    unknown: 0,
    failures: 0,
  }
  /** Whose failures have been told. */
  readonly #told = new Set<string>()
  #stopped = false

  constructor(space: Space, settings: MonitorSettings) {
    this.#space = space
    this.#settings = settings
    this.#unlist = space.engine.atClose(() => this.stop())
    this.#roundLater()
  }

  stats(): MonitorStats {
    return { ...this.#counts, examples: [...this.#examples.values()] }
  }

  stop(): void {
    this.#stopped = true
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
    this.#suspects.clear()
    this.#unlist()
  }

  [Symbol.dispose](): void {
    this.stop()
  }

  #after(ms: number, run: () => Promise<void>): void {
    const cancel = this.#space.engine.clock.after(ms, () => {
      this.#timers.delete(cancel)
      run().catch((error: unknown) => this.#failed('monitor', error))
    })
    this.#timers.add(cancel)
  }

  #roundLater(): void {
    this.#after(this.#settings.interval, () =>
      this.#round().finally(() => {
        if (!this.#stopped) this.#roundLater()
      }),
    )
  }

  async #round(): Promise<void> {
    const judged = await this.#judge(this.#sample())
    if (this.#stopped) return
    const suspects: Suspect[] = []
    for (const { seen, judgement } of judged) {
      this.#counts.checked++
      this.#counts[judgement.verdict]++
      if (judgement.verdict === 'behind') this.#suspect(seen, suspects)
    }
    this.#counts.rounds++
    // As long as `maxStaleness` lasts, this is within the contract: an invalidation may be on its way.
    if (suspects.length > 0) {
      this.#after(this.#space.engine.settings.coherence.maxStaleness, () =>
        this.#lookAgain(suspects),
      )
    }
    this.#report()
  }

  #sample(): Seen[] {
    const { only = () => true, sample } = this.#settings
    const { engine, inspectors } = this.#space
    const isMeant = (key: string): boolean => {
      try {
        return only(key)
      } catch (error) {
        this.#failed('only', error)
        return false
      }
    }
    const found = inspectors.memory?.sample(sample, engine.random, isMeant) ?? []
    return found.map(([key, sight]) => ({ key, sight }))
  }

  #suspect({ key, sight: { entry } }: Seen, suspects: Suspect[]): void {
    if (this.#suspects.has(entry) || this.#suspects.size >= MOST_SUSPECTS) return
    const suspect = { key, entry, since: this.#space.engine.clock.wall() }
    this.#suspects.set(entry, suspect)
    suspects.push(suspect)
  }

  /** What is still in memory, still answers, and is still behind, should not. */
  async #lookAgain(suspects: readonly Suspect[]): Promise<void> {
    const since = new Map(suspects.map((suspect) => [suspect.entry, suspect.since]))
    const judged = await this.#judge(
      suspects.flatMap(({ key, entry }) => this.#served(key, entry) ?? []),
    )
    if (this.#stopped) return
    for (const { entry } of suspects) this.#suspects.delete(entry)
    const overdue = judged.filter(({ judgement }) => judgement.verdict === 'behind')
    for (const { seen, judgement } of overdue) {
      this.#overdue(seen, judgement, since.get(seen.sight.entry) ?? 0)
    }
    if (overdue.length > 0) this.#report()
  }

  /** Of those that answer when the judgement has come: what was dropped meanwhile is nobody's concern. */
  async #judge(seen: readonly Seen[]): Promise<Judged[]> {
    const { versionOf, concurrency } = this.#settings
    const onFailure = (error: unknown): void => this.#failed('versionOf', error)
    const judgements = await judge(this.#space, seen, { versionOf, concurrency, onFailure })
    return seen.flatMap((one, i) => {
      const judgement = judgements[i]
      const isServed = this.#served(one.key, one.sight.entry) !== undefined
      return judgement !== undefined && isServed ? [{ seen: one, judgement }] : []
    })
  }

  #served(key: string, entry: MemoryEntry): Seen | undefined {
    const sight = this.#space.inspectors.memory?.look(key)
    return sight?.entry === entry && sight.standing === 'hit' ? { key, sight } : undefined
  }

  #overdue({ key, sight: { entry } }: Seen, judgement: Judgement, since: number): void {
    const { engine, name } = this.#space
    const { redis, cached, source } = judgement
    const shift = engine.clock.wall() - engine.clock.now()
    const example: OverdueExample = {
      key,
      id: entry.id,
      redis,
      cached,
      source,
      storedAt: Math.round(entry.storedAt + shift),
      behindSince: Math.round(since),
      seenAt: Math.round(engine.clock.wall()),
    }
    this.#counts.overdue++
    this.#examples.delete(key)
    this.#examples.set(key, example)
    const [oldest] = this.#examples.keys()
    if (this.#examples.size > MOST_EXAMPLES && oldest !== undefined) this.#examples.delete(oldest)
    const than = source === undefined && cached === undefined ? 'redis' : 'the source'
    engine.voice.hint(
      'STRATA_OVERDUE',
      `memory of '${name}' is behind ${than} for longer than coherence.maxStaleness: see the examples of its monitor`,
    )
  }

  #report(): void {
    try {
      this.#settings.onReport?.(this.stats())
    } catch (error) {
      this.#failed('onReport', error)
    }
  }

  /** Counted each time, told the first time. */
  #failed(who: string, reason: unknown): void {
    this.#counts.failures++
    if (this.#told.has(who)) return
    this.#told.add(who)
    const error = reason instanceof Error ? reason : new Error(String(reason))
    this.#space.engine.voice.error(error, `${who} ${error.message}`)
  }
}
