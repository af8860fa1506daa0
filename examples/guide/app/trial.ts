import { type Load, type LoadGenerator, startLoadGenerator } from '../load/load.js'
import type { Link } from '../network/link.js'
import type { Parts } from '../parts.js'
import { dashboards } from './dashboards.js'
import { type App, openApp } from './open-app.js'
import { switchNames, type SwitchName, type Switches } from './switches.js'
import { prepareTables } from './tables.js'
import type { Tracing } from './tracing.js'
import { openUnpooled } from './unpooled.js'

export const atOnce = 16

/** A median of fewer says little. */
const least = 7

const rounds = 5

export interface Trial {
  readonly native: boolean
  /** Each dashboard for the first time, one after the other. */
  readonly first: Load
  /** One request at a time. */
  readonly one: Load
  /** `atOnce` of them. */
  readonly many: Load
}

/** Compositions of the application under load, which a process of its own makes. */
export class Trials implements AsyncDisposable {
  readonly #parts: Parts
  readonly #asker: LoadGenerator = startLoadGenerator()
  #apps = 0

  private constructor(parts: Parts) {
    this.#parts = parts
  }

  static async open(parts: Parts): Promise<Trials> {
    await prepareTables(parts.database)
    return new Trials(parts)
  }

  /** The switches that make a difference on this link: without PostgreSQL there is no pool, without Redis no L2. */
  static namesOn(link: Link): SwitchName[] {
    return switchNames.filter(
      (name) => !(name === 'pool' && !link.databaseUrl) && !(name === 'l2' && !link.redis),
    )
  }

  async of(link: Link, switches: Switches): Promise<Trial> {
    const ms = this.#parts.budget
    return await this.with(link, switches, async ({ url, native }) => {
      const ask = { url, paths: dashboards }
      const all = { count: dashboards.length, ms: 2 * ms }
      await this.#prepare(url)
      return {
        native,
        first: await this.#asker.run({ ...ask, connections: 1, ...all }),
        one: await this.#asker.run({ ...ask, connections: 1, least, ms: ms / 2, warm: ms / 8 }),
        many: await this.#asker.run({ ...ask, connections: atOnce, ms: ms / 2, warm: ms / 8 }),
      }
    })
  }

  /** Two compositions at once, asked in turns, so that whatever else the machine does meets both alike: `atOnce`, warm. */
  async compare(link: Link, one: Switches, other: Switches): Promise<readonly [Load, Load]> {
    return await this.with(link, one, async (first) =>
      this.with(link, other, async (second) => {
        const loads: readonly [Load[], Load[]] = [[], []]
        for (const { url } of [first, second]) {
          await this.#prepare(url)
          const visit = { count: dashboards.length, ms: this.#parts.budget }
          await this.#asker.run({ url, paths: dashboards, connections: 1, ...visit })
        }
        const ms = this.#parts.budget / rounds
        for (let round = 0; round < rounds; round++) {
          for (const [i, { url }] of [first, second].entries()) {
            const load = { url, paths: dashboards, connections: atOnce, ms, warm: ms / 4 }
            loads[i]?.push(await this.#asker.run(load))
          }
        }
        return [medianLoad(loads[0]), medianLoad(loads[1])] as const
      }),
    )
  }

  /** Code that was never run is compiled first, and connections are opened: neither is the first visit of a page. */
  async #prepare(url: string): Promise<void> {
    const ms = this.#parts.budget / 5
    await this.#asker.run({ url, paths: ['/users/300/dashboard'], connections: 1, count: 20, ms })
  }

  /** `work` with the application as composed, over its own empty caches. */
  async with<T>(
    link: Link,
    switches: Switches,
    work: (app: App) => Promise<T>,
    tracing?: Tracing,
  ): Promise<T> {
    const unpooled = switches.pool ? undefined : await openUnpooled(link, this.#parts.sizes)
    try {
      const app = await openApp({
        switches,
        databases: { pooled: link.database, unpooled },
        redis: link.redis?.url,
        namespace: `guide-app-${process.pid}-${this.#apps++}`,
        ...(tracing && { tracing }),
      })
      try {
        return await work(app)
      } finally {
        await app.clear()
        await app.close()
      }
    } finally {
      await unpooled?.close()
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#asker.close()
  }
}

/** Of several, the one in the middle by its rate. */
function medianLoad(loads: readonly Load[]): Load {
  const sorted = [...loads].sort((a, b) => a.perSecond - b.perSecond)
  return sorted[Math.floor(sorted.length / 2)]!
}
