import { isId } from '../entry/id.js'
import type { Stamp } from '../entry/tag.js'

/** The present life of a namespace or tag, as it stands in Redis: `<hard>.<soft>.<sequence>`. */
export interface Version {
  readonly hard: string
  readonly soft: string
  /** See `version-scripts.ts`. */
  readonly sequence: number
  /** Of a namespace: the server it was written on; '' where that is not known. */
  readonly runId: string
}

/** Undefined when there is none, or nothing of ours. */
export function versionOf(reply: unknown): Version | undefined {
  if (typeof reply !== 'string' && !Buffer.isBuffer(reply)) return undefined
  const [hard = '', soft = '', sequence = '', runId = ''] = reply.toString('latin1').split('.')
  if (!isId(hard) || !isId(soft)) return undefined
  return { hard, soft, sequence: Number(sequence) || 0, runId }
}

/** As a script compares it. */
export function textOf(stamp: Stamp): string {
  return `${stamp.hard}.${stamp.soft}`
}

export function stampOf(name: string, { hard, soft }: Version): Stamp {
  return Object.freeze({ name, hard, soft })
}

/** How an entry built under `stamp` stands to the version of now. */
export function standingOf(stamp: Stamp, now: Version | undefined): 'good' | 'soft' | 'ended' {
  if (now === undefined || now.hard !== stamp.hard) return 'ended'
  return now.soft === stamp.soft ? 'good' : 'soft'
}
