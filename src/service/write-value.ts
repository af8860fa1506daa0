import { insideOf } from '../cache/cache.js'
import { type Condition, fill, put } from '../cache/handle.js'
import type { WriteResult } from '../cache/write-result.js'
import type { DataSettings } from './data-settings.js'
import type { Entering } from './ledger.js'
import { Refusal } from './problem.js'
import type { Life } from './put-lifetime.js'
import { RESPONSES, type Space } from './spaces.js'

export interface Writing {
  readonly key: string
  readonly value: unknown
  /** As it came. */
  readonly bytes: number
  readonly life: Life
  readonly tags: readonly string[]
  readonly condition?: Condition | undefined
  /** Token of the lease under which it was loaded. */
  readonly lease?: string | undefined
}

export interface Written {
  readonly result: WriteResult
  /** '': it is not kept. */
  readonly id: string
}

/** Throws `Refusal`: a namespace that others may not write into, a value that is too large. */
export function assertWritable(space: Space): void {
  if (space.name === RESPONSES) throw new Refusal('bad-namespace', 'here only the proxy writes')
}

/** Stores a value within the quota of its namespace. Throws `Refusal`, and what the cache throws. */
export async function writeValue(
  space: Space,
  settings: DataSettings,
  writing: Writing,
): Promise<Written> {
  const { quota } = space.settings
  const most = Math.min(settings.maxValue, quota.maxValue ?? Infinity)
  if (writing.bytes > most) throw new Refusal('too-large', `at most ${most} bytes`)
  const entering = entered(space, writing)
  try {
    const done = await written(space, writing)
    entering?.keep()
    return done
  } catch (error) {
    entering?.drop()
    throw error
  }
}

function entered({ ledger, settings, cache }: Space, writing: Writing): Entering | undefined {
  const { key, bytes, life, tags } = writing
  const lives = life.ttl + life.grace
  if (ledger === undefined || lives === 0) return undefined
  const now = insideOf(cache).engine.clock.now()
  const account = { bytes: Buffer.byteLength(key) + bytes, endsAt: now + lives, tags }
  const entering = ledger.enter(key, account, settings.quota, now)
  if (entering === undefined) throw new Refusal('quota-exceeded')
  return entering
}

async function written({ cache, ledger }: Space, writing: Writing): Promise<Written> {
  const { key, value, life, tags, condition, lease } = writing
  const options = { ...life, tags }
  if (lease !== undefined) {
    const { result, id } = await fill(cache, key, lease, value, options)
    if (result === 'revoked') throw new Refusal('lease-revoked')
    return { result, id }
  }
  const { result, id } = await put(cache, key, value, options, condition)
  if (result === 'refused') throw new Refusal('precondition-failed')
  if (id === '') ledger?.delete(key)
  return { result, id }
}
