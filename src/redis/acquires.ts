import type { LeaseRequest } from '../flight/lease.js'
import { type JoinedScript, KEY_BYTES } from './joined-script.js'
import { JoinedVersions } from './joined-versions.js'
import { ACQUIRE } from './lease-scripts.js'

/** Somebody who asks for the right to load a key. */
export interface Acquire extends Pick<
  LeaseRequest,
  'mode' | 'ttl' | 'seen' | 'waitedFor' | 'lifetime' | 'hasStale'
> {
  /** Of the entry. */
  readonly key: string
  /** That the lease gets when it is given. */
  readonly token: string
  /** Keys of the versions it is given under (one Redis): the namespace's, then the tags'. */
  readonly versions: readonly string[]
  readonly runId: string
  /** Redis time after which it must not take effect, asked for when it is sent. */
  readonly lastMoment: () => string
}

export interface Acquired {
  /** As `ACQUIRE` says it. */
  readonly said: string
  readonly rest: readonly unknown[]
  /** Texts of the versions, in the order asked for; for a lease that was given. */
  readonly versions: readonly unknown[]
}

export const ACQUIRES: JoinedScript<Acquire, Acquired> = {
  script: ACQUIRE,
  areJoinable: (one, other) => one.versions[0] === other.versions[0] && one.runId === other.runId,
  bytesOf: ({ versions }) => versions.length * KEY_BYTES,
  argumentsOf: (asked) => {
    const versions = new JoinedVersions()
    const each = asked.flatMap((one) => {
      const { token, ttl, seen, mode, waitedFor, hasStale, lifetime } = one
      const places = one.versions.map((key) => versions.place(key, lifetime))
      return [token, ttl, seen, mode, waitedFor, hasStale ? '1' : '0', places.join(' ')]
    })
    const { lastMoment, runId } = asked[0] as Acquire
    return {
      keys: [...versions.keys, ...asked.map(({ key }) => key)],
      args: [lastMoment(), runId, versions.keys.length, ...versions.lifetimes, ...each],
    }
  },
  repliesOf: (reply, asked) => {
    const [first, ...replies] = reply as readonly unknown[]
    if (first === 'late') return asked.map(() => ({ said: 'late', rest: [], versions: [] }))
    const texts = first as readonly unknown[]
    const versions = new JoinedVersions()
    return asked.map((one, i) => {
      const [said, ...rest] = replies[i] as [string, ...unknown[]]
      const own = one.versions.map((key) => texts[versions.place(key, 0) - 1])
      return { said, rest, versions: said === 'yours' ? own : [] }
    })
  },
}
