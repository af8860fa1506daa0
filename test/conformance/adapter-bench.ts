import { afterEach, beforeEach, expect, test } from 'vitest'
import { assembleCache } from '../../src/create-cache.js'
import type { Cache } from '../../src/index.js'
import { type Asking, ask, type Received } from '../support/http-client.js'
import { ManualClock } from '../support/manual-clock.js'
import type {
  Handling,
  RunningSite,
  Site,
  SitePolicy,
  SiteRoute,
  StartSite,
} from './adapter-site.js'

/** Titles of cases that an adapter does otherwise, or not at all, and why. */
export type Deviations = Readonly<Record<string, string>>

/** A site on a socket, and a client. */
export interface Served {
  readonly port: number
  readonly cache: Cache
  readonly clock: ManualClock
  readonly ask: (path: string, asking?: Asking) => Promise<Received>
  /** Resolves when so many requests have come to the middleware before the cache. */
  readonly arrived: (count: number) => Promise<void>
}

export type Serve = (
  site: Partial<Site> & { readonly routes: readonly SiteRoute[] },
) => Promise<Served>

/** Where cases are run: each has a cache, a clock and a server of its own. */
export class Bench {
  readonly #start: StartSite
  readonly #deviations: Deviations
  readonly #titles = new Set<string>()
  #cache!: Cache
  #clock!: ManualClock
  #running: RunningSite[] = []

  constructor(start: StartSite, deviations: Deviations) {
    this.#start = start
    this.#deviations = deviations
    beforeEach(() => {
      this.#clock = new ManualClock({ wall: Date.UTC(2026, 0, 1, 12) })
      this.#cache = assembleCache({ logger: false }, { clock: this.#clock })
    })
    afterEach(async () => {
      for (const running of this.#running.splice(0)) await running.close()
      await this.#cache.close()
    })
  }

  it(title: string, run: (serve: Serve) => Promise<void>): void {
    this.#titles.add(title)
    // why it does not hold stands where the suite is called
    if (this.#deviations[title] === undefined) test(title, () => run(this.#serve))
  }

  /** Every deviation is one of a case that exists. */
  checkDeviations(): void {
    test('deviates in cases that there are', () => {
      expect(Object.keys(this.#deviations).filter((title) => !this.#titles.has(title))).toEqual([])
    })
  }

  get size(): number {
    return this.#titles.size
  }

  readonly #serve: Serve = async (site) => {
    const arrivals = new Arrivals()
    const cache = this.#cache
    const stamp = (client: string) => {
      arrivals.count()
      return site.stamp?.(client) ?? {}
    }
    const running = await this.#start({ ...site, cache, stamp })
    this.#running.push(running)
    const { port } = running
    return {
      port,
      cache,
      clock: this.#clock,
      ask: (path, asking) => ask(port, path, asking),
      arrived: (count) => arrivals.reach(count),
    }
  }
}

class Arrivals {
  #count = 0
  #waiting: { readonly count: number; readonly go: () => void }[] = []

  count(): void {
    this.#count++
    for (const { count, go } of this.#waiting) if (count <= this.#count) go()
  }

  async reach(count: number): Promise<void> {
    if (this.#count < count) await new Promise<void>((go) => this.#waiting.push({ count, go }))
    await turns()
  }
}

/** Lets what is under way go on as far as it can. */
export async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

/** Waits for what a test has set in motion on sockets; the test's own time limit is its end. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise(setImmediate)
}

/** A handler that counts how often it runs. */
export function counted(answer: (h: Handling, run: number) => unknown): {
  readonly handle: (h: Handling) => unknown
  readonly runs: () => number
} {
  let runs = 0
  return { handle: (h) => answer(h, ++runs), runs: () => runs }
}

/** One route under a policy. */
export function page(
  handle: (h: Handling) => unknown,
  policy: SitePolicy | 'fields' = {},
  path = '/page',
): { readonly routes: readonly SiteRoute[] } {
  return { routes: [{ path, policy, handle }] }
}

export function statusOf({ headers }: Received): string {
  return String(headers['cache-status'])
}
