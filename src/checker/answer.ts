import type { ReadResult, WriteResult } from './history.js'
import type { Timed } from './timed.js'

/** What a read of this key gave. */
export interface ReadAnswer {
  readonly result: ReadResult
  readonly source?: string
}

/** Takes apart what a driver's `get` resolved with: a row, or a row with its source. */
export function readAnswerOf(key: string, timed: Timed): ReadAnswer {
  if (!('value' in timed)) return { result: 'failed' }
  const { value } = timed
  if (isObject(value) && 'value' in value && 'source' in value) {
    return { result: versionOf(key, value['value']), source: String(value['source']) }
  }
  return { result: versionOf(key, value) }
}

export function writeResultOf(timed: Timed): WriteResult {
  if ('error' in timed) return 'failed'
  if (!('value' in timed)) return 'unknown'
  return timed.value === 'queued' ? 'queued' : 'applied'
}

function versionOf(key: string, value: unknown): ReadResult {
  if (!isObject(value) || value['key'] !== key) return 'foreign'
  const { version } = value
  return typeof version === 'number' && Number.isInteger(version) ? version : 'foreign'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
