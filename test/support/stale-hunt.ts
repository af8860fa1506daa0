import { setTimeout as sleep } from 'node:timers/promises'
import type { Cache, LoadContext, StandardSchema } from '../../src/index.js'
import { Database } from './database.js'
import type { Dice } from './dice.js'

export interface HuntOptions {
  /** The cache under test: everything is written and loaded through it. */
  readonly cache: Cache
  /** A cache without memory that only looks into Redis. */
  readonly onlooker: Cache
  readonly dice: Dice
  /** Milliseconds. */
  readonly duration: number
  readonly readers: number
  readonly writers: number
  readonly keys: number
  /** Ways of writing, or `'schema'`, that are left out. */
  readonly without?: readonly string[]
}

/** What was read and must not have been. */
export interface Violation {
  readonly where: 'cache' | 'onlooker'
  readonly key: string
  readonly how: string
  /** The version whose invalidation had been acknowledged when the read began, and by what. */
  readonly floor: number
  readonly by: string
  readonly got: number
  /** Milliseconds since the hunt began. */
  readonly at: number
}

export interface Hunt {
  readonly violations: Violation[]
  /** Calls that rejected. */
  readonly errors: unknown[]
  readonly reads: number
  readonly writes: number
  readonly outcomes: Record<string, number>
}

interface Row {
  readonly key: string
  readonly version: number
  readonly filler?: string
}

interface Mark {
  readonly version: number
  readonly by: string
}

/** Takes a moment now and then, so that what came from Redis enters memory late. */
function hesitant(dice: Dice): StandardSchema {
  return {
    '~standard': {
      version: 1,
      validate: async () => {
        if (dice.chance(0.2)) await sleep(dice.int(0, 15))
        return {}
      },
    },
  }
}

/**
 * Writers change a row in a database and then invalidate it in some way; readers get or load it. A read that begins after
 * an invalidation has been acknowledged must bring that version or a later one (`soft` rows: not as fresh). The onlooker
 * counts only what was `'applied'`.
 */
export async function huntStaleReads(options: HuntOptions): Promise<Hunt> {
  const { cache, onlooker, dice, duration } = options
  const database = new Database()
  const hunt: Hunt = { violations: [], errors: [], reads: 0, writes: 0, outcomes: {} }
  const counts = { reads: 0, writes: 0 }
  /** By row: what was acknowledged in this process, and what in Redis. */
  const acknowledged = new Map<string, Mark>()
  const applied = new Map<string, Mark>()
  const begun = performance.now()
  const isOver = (): boolean => performance.now() - begun > duration
  const keyOf = (n: number): string => `${n % 4 === 0 ? 'soft' : 'hard'}-${n}`
  const keys = Array.from({ length: options.keys }, (_, n) => keyOf(n))
  const tagOf = (key: string): string => `tag-${key}`
  const groupOf = (key: string): string => `group-${Number(key.slice(5)) % 3}`
  const isSoft = (key: string): boolean => key.startsWith('soft')
  const graceOf = (key: string): number => (isSoft(key) ? 60_000 : 0)

  const load = async (key: string, context: LoadContext): Promise<Row> => {
    const row = await database.read(key, dice.chance(0.3) ? 0 : dice.int(0, 30))
    if (dice.chance(0.3)) context.tag(groupOf(key), tagOf(key))
    else context.tag(tagOf(key))
    return dice.chance(0.2) ? { ...row, filler: 'strata '.repeat(2_000) } : row
  }

  const without = new Set(options.without)
  const checked = without.has('schema') ? {} : { schema: hesitant(dice) }
  const row = cache.define<string, Row>('row', {
    key: (key) => key,
    load,
    loadMany: async (missing, context) =>
      await Promise.all(missing.map(async (key) => await load(key, context.for(key)))),
    tags: (key) => (Number(key.slice(5)) % 2 === 0 ? [groupOf(key)] : []),
    ...checked,
    ttl: '1m',
  })
  const softRow = cache.define<string, Row>('row', {
    key: (key) => key,
    load,
    tags: (key) => (Number(key.slice(5)) % 2 === 0 ? [groupOf(key)] : []),
    ...checked,
    version: 'soft',
    ttl: '1m',
    grace: '1m',
  })
  const of = (key: string) => (isSoft(key) ? softRow : row)

  function check(
    where: Violation['where'],
    key: string,
    how: string,
    floor: Mark,
    got: number,
  ): void {
    if (got >= floor.version) return
    const at = Math.round(performance.now() - begun)
    hunt.violations.push({ where, key, how, floor: floor.version, by: floor.by, got, at })
  }

  async function readOnce(): Promise<void> {
    const key = dice.pick(keys)
    const floor = acknowledged.get(key) ?? NONE
    const roll = dice.next()
    if (roll < 0.7 || isSoft(key)) {
      const reading = await of(key).read(key)
      const name = `${reading.outcome} ${reading.tier ?? ''}`
      hunt.outcomes[name] = (hunt.outcomes[name] ?? 0) + 1
      if (reading.outcome === 'stale' && isSoft(key)) return
      const how = `${name}${reading.collapsed ? ' collapsed' : ''}${reading.revoked ? ' revoked' : ''}`
      check('cache', key, how, floor, reading.value.version)
    } else if (roll < 0.9) {
      const hard = keys.filter((other) => !isSoft(other))
      const some = Array.from({ length: dice.int(1, 6) }, () => dice.pick(hard))
      const floors = new Map(some.map((one) => [one, acknowledged.get(one) ?? NONE]))
      for (const [one, found] of await row.many(some)) {
        check('cache', one, 'many', floors.get(one) ?? NONE, found.version)
      }
    } else {
      const found = await cache.get<Row>(row.key(key))
      if (found !== undefined) check('cache', key, 'get without loader', floor, found.version)
    }
  }

  async function lookOnce(): Promise<void> {
    const key = dice.pick(keys)
    const floor = applied.get(key) ?? NONE
    const found = await onlooker.get<Row>(of(key).key(key))
    if (found !== undefined) check('onlooker', key, 'get', floor, found.version)
  }

  function acknowledge(key: string, version: number, by: string, result: string): void {
    const mark = { version, by: `${by} ${result}` }
    if ((acknowledged.get(key)?.version ?? 0) < version) acknowledged.set(key, mark)
    if (result === 'applied' && (applied.get(key)?.version ?? 0) < version) applied.set(key, mark)
  }

  async function writeOnce(): Promise<void> {
    const key = dice.pick(keys)
    const version = database.write(key)
    const roll = dice.next()
    if (isSoft(key)) {
      if (roll < 0.4) acknowledge(key, version, 'expire', await softRow.expire(key))
      else if (roll < 0.8) {
        const result = await cache.invalidateTags(tagOf(key), { soft: true })
        acknowledge(key, version, 'soft tag', result)
      } else acknowledge(key, version, 'delete', await softRow.delete(key))
    } else if (roll < 0.35) {
      acknowledge(key, version, 'delete', await row.delete(key))
    } else if (roll < 0.65 && !without.has('set')) {
      const value = { key, version, ...(dice.chance(0.3) && { filler: 'x'.repeat(20_000) }) }
      const tags = [tagOf(key)]
      acknowledge(key, version, 'set', await row.set(key, value, { tags, grace: graceOf(key) }))
    } else if (roll < 0.85) {
      acknowledge(key, version, 'tag', await cache.invalidateTags(tagOf(key)))
    } else if (roll < 0.98) {
      const others = keys.filter((other) => !isSoft(other) && dice.chance(0.2))
      const versions = others.map((other) => database.write(other))
      const result = await cache.deleteMany([key, ...others].map((one) => row.key(one)))
      acknowledge(key, version, 'deleteMany', result)
      for (const [i, other] of others.entries()) {
        acknowledge(other, versions[i] ?? 0, 'deleteMany', result)
      }
    } else {
      const versions = keys.map((other) => database.write(other))
      const result = await cache.clear()
      for (const [i, other] of keys.entries()) acknowledge(other, versions[i] ?? 0, 'clear', result)
    }
  }

  async function repeat(
    work: () => Promise<void>,
    counted: 'reads' | 'writes',
    pause: number,
  ): Promise<void> {
    while (!isOver()) {
      counts[counted]++
      await work().catch((error: unknown) => hunt.errors.push(error))
      // Never a busy loop of memory hits: the event loop has sockets to read.
      await sleep(dice.int(0, pause))
    }
  }

  await Promise.all([
    ...Array.from({ length: options.readers }, () => repeat(readOnce, 'reads', 4)),
    ...Array.from({ length: options.writers }, () => repeat(writeOnce, 'writes', 40)),
    repeat(lookOnce, 'reads', 4),
  ])
  return { ...hunt, ...counts }
}

const NONE: Mark = { version: 0, by: '' }
