import type { Comparison } from '../tier/inspector.js'
import type { MemorySight } from '../tier/memory-inspector.js'
import type { Space } from './engine.js'
import type { VersionOf } from './monitor-options.js'
import { handOver } from './store.js'
import { compareVersions, textOfVersion } from './versions.js'

/** An entry as it was seen in memory. */
export interface Seen {
  readonly key: string
  readonly sight: MemorySight
}

/** How an entry in memory stands to what is kept elsewhere. */
export interface Judgement {
  readonly verdict: 'same' | 'behind' | 'unknown'
  readonly redis: Comparison
  /** Versions as text. */
  readonly cached: string | undefined
  readonly source: string | undefined
}

export interface Judge {
  readonly versionOf: VersionOf | undefined
  /** Sources asked at once. */
  readonly concurrency: number
  readonly onFailure: (error: unknown) => void
}

/** Copies compared in one operation: it ends within `redis.timeout`, and holds up nobody. */
const CHUNK = 100

/** Milliseconds. */
const SOURCE_TIMEOUT = 5_000

/** With versions the source decides, else Redis. In the order of what was seen; never rejects. */
export async function judge(
  space: Space,
  seen: readonly Seen[],
  by: Judge,
): Promise<readonly Judgement[]> {
  const [redis, versions] = await Promise.all([
    comparisons(space, seen),
    by.versionOf === undefined ? undefined : versionsOf(space, seen, by.versionOf, by),
  ])
  return seen.map((_, i): Judgement => {
    const compared = redis[i] ?? 'unknown'
    const verdict: Judgement['verdict'] =
      compared === 'same' || compared === 'unknown' ? compared : 'behind'
    return { redis: compared, ...(versions?.[i] ?? { ...UNKNOWN, verdict }) }
  })
}

async function comparisons(space: Space, seen: readonly Seen[]): Promise<readonly Comparison[]> {
  const found: Comparison[] = []
  for (let from = 0; from < seen.length; from += CHUNK) {
    found.push(...(await chunkOf(space, seen.slice(from, from + CHUNK))))
  }
  return found
}

/** What is not in Redis, or was not heard of by others, is not to be compared with it. */
async function chunkOf(space: Space, seen: readonly Seen[]): Promise<readonly Comparison[]> {
  const shared = seen.filter(({ sight: { entry } }) => entry.id !== '' && !entry.isUnheard)
  const copies = shared.map(({ key, sight: { entry, size } }) => {
    const { id, tags } = entry
    return { key, id, tags, size }
  })
  const found = new Map<Seen, Comparison>()
  try {
    const isAway = space.engine.redisOf(space) === undefined
    const all = isAway || copies.length === 0 ? [] : await space.inspectors.redis?.compare(copies)
    for (const [i, one] of shared.entries()) found.set(one, all?.[i] ?? 'unknown')
  } catch {
    // Redis does not answer, which others tell: nothing is known
  }
  return seen.map((one) => found.get(one) ?? 'unknown')
}

type Versions = Omit<Judgement, 'redis'>

async function versionsOf(
  space: Space,
  seen: readonly Seen[],
  versionOf: VersionOf,
  { concurrency, onFailure }: Judge,
): Promise<readonly Versions[]> {
  const found: Versions[] = []
  const queue = seen.entries()
  const work = async (): Promise<void> => {
    for (const [i, one] of queue) {
      found[i] = await versions(space, one, versionOf).catch((error: unknown) => {
        onFailure(error)
        return UNKNOWN
      })
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, seen.length) }, work))
  return found
}

const UNKNOWN: Versions = { verdict: 'unknown', cached: undefined, source: undefined }

async function versions(
  space: Space,
  { key, sight }: Seen,
  versionOf: VersionOf,
): Promise<Versions> {
  const { value, mutable } = sight.entry
  const cached = versionOf.cached(handOver(space, value, mutable), key)
  const source = await inTime(space, key, async () => versionOf.source(key))
  const verdict = compareVersions(cached, source)
  const told = { cached: textOfVersion(cached), source: textOfVersion(source) }
  if (verdict === 'unknown') {
    throw new TypeError(
      `versionOf: the version of '${key}' (${told.cached}) cannot be compared with that of the source (${told.source})`,
    )
  }
  return { verdict, ...told }
}

function inTime<T>(space: Space, key: string, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = space.engine.clock.after(SOURCE_TIMEOUT, () =>
      reject(new Error(`versionOf.source('${key}') took longer than ${SOURCE_TIMEOUT} ms`)),
    )
    run().then(resolve, reject).finally(cancel)
  })
}
