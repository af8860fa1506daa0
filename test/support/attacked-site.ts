import { expect } from 'vitest'
import { type Cache, createCache } from '../../src/index.js'
import type {
  Context,
  FetchHandler,
  RouteCacheOption,
  RouteOptions,
  Server,
} from '../../src/server/index.js'
import { createServer } from '../../src/server/index.js'
import { linesOf, Wire, type WireAnswer } from './wire.js'

/** Gives the options of a route; of the site without a cache they say nothing. */
type Cached = <const P extends string>(option: RouteCacheOption<P>) => RouteOptions<P>

export type Plan =
  | ((app: Server, cached: Cached) => void)
  | {
      readonly fetch: FetchHandler
      readonly rules: Readonly<Record<string, RouteCacheOption>>
    }

interface Attack {
  /** Requests, byte by byte, each on a connection of its own. */
  readonly attack: readonly string[]
  readonly victim: string
  /** Whether the victim's second request is answered from the cache. */
  readonly hits: boolean
  /** False: a cache that goes by the URL alone would not be fooled either, for the attack is one on its bookkeeping. */
  readonly foolsNaive?: boolean
}

/** One site twice, over real sockets: with a cache, which is attacked, and without, which says what is right. */
export class AttackedSite {
  readonly cache: Cache
  readonly cached: Server
  readonly plain: Server

  private constructor(plan: Plan) {
    this.cache = createCache({ logger: false })
    const parts = { cache: this.cache, port: 0, native: false, logger: false } as const
    if (typeof plan === 'function') {
      this.cached = createServer(parts)
      this.plain = createServer(parts)
      plan(this.cached, (cache) => ({ cache }))
      plan(this.plain, () => ({}))
    } else {
      const { fetch, rules } = plan
      this.cached = createServer({ ...parts, fetch, rules })
      this.plain = createServer({ ...parts, fetch })
    }
  }

  static async open(plan: Plan): Promise<AttackedSite> {
    const site = new AttackedSite(plan)
    await Promise.all([site.cached.listen(), site.plain.listen()])
    return site
  }

  /** The answer of the site that has a cache. */
  async ask(bytes: string): Promise<WireAnswer> {
    return await exchange(portOf(this.cached), bytes)
  }

  /** What is right. */
  async askPlain(bytes: string): Promise<WireAnswer> {
    return await exchange(portOf(this.plain), bytes)
  }

  async wire(): Promise<Wire> {
    return await Wire.open(portOf(this.cached))
  }

  /** After the attack the victim gets, twice, what the site without a cache gives it. */
  async survives({ attack, victim, hits, foolsNaive = true }: Attack): Promise<void> {
    const right = await this.askPlain(victim)
    if (foolsNaive) {
      const wrong = await Promise.all(attack.map((bytes) => this.askPlain(bytes)))
      expect(
        wrong.some((answer) => !isSame(answer, right)),
        'a naive cache is fooled',
      ).toBe(true)
    }
    for (const bytes of attack) await this.ask(bytes)
    const first = await this.ask(victim)
    expectSame(first, right)
    const second = await this.ask(victim)
    expectSame(second, right)
    expect(isHit(second), 'hit').toBe(hits)
  }

  async close(): Promise<void> {
    await Promise.all([this.cached.close(), this.plain.close()])
    await this.cache.close()
  }
}

/** Sites of a test, closed after it. */
export class AttackedSites {
  readonly #open: AttackedSite[] = []

  async open(plan: Plan): Promise<AttackedSite> {
    const site = await AttackedSite.open(plan)
    this.#open.push(site)
    return site
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((site) => site.close()))
  }
}

export function isHit({ fields }: WireAnswer): boolean {
  return linesOf(fields, 'cache-status').some((line) => line.startsWith('strata; hit'))
}

/** What a cache adds, or a listener says of the connection. */
const ADDED: ReadonlySet<string> = new Set([
  'age',
  'cache-status',
  'connection',
  'content-length',
  'date',
  'etag',
  'keep-alive',
  'transfer-encoding',
])

/** May be there in addition; where the site itself says it, it has to be the same. */
const MAY_BE_ADDED: ReadonlySet<string> = new Set(['cache-control', 'vary'])

export function expectSame(answer: WireAnswer, right: WireAnswer): void {
  const said = new Set(namesOf(right))
  const own = (name: string): boolean =>
    !ADDED.has(name) && (said.has(name) || !MAY_BE_ADDED.has(name))
  expect(view(answer, own)).toEqual(view(right, own))
}

function isSame(a: WireAnswer, b: WireAnswer): boolean {
  const own = (name: string): boolean => !ADDED.has(name)
  return JSON.stringify(view(a, own)) === JSON.stringify(view(b, own))
}

function view({ status, fields, body }: WireAnswer, own: (name: string) => boolean): unknown {
  const names = [...new Set(namesOf({ fields }))].filter(own).toSorted()
  return { status, body, fields: names.map((name) => [name, linesOf(fields, name)]) }
}

function namesOf({ fields }: Pick<WireAnswer, 'fields'>): string[] {
  return fields.filter((_, i) => i % 2 === 0)
}

function portOf(server: Server): number {
  return server.address()?.port ?? 0
}

/** One exchange on a connection of its own. Throws when there is no answer. */
export async function exchange(port: number, bytes: string): Promise<WireAnswer> {
  const wire = await Wire.open(port)
  try {
    wire.send(bytes)
    const answer = await wire.next(bytes.slice(0, bytes.indexOf(' ')))
    if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(bytes)}`)
    return answer
  } finally {
    wire.close()
  }
}

/** What a handler of a site that trusts too much makes of a header. */
export const echoOf =
  (...names: string[]) =>
  (c: Context): unknown =>
    c.text(names.map((name) => `${name}=${c.req.header(name)}`).join('\n'))
