import { type JoinedScript, KEY_BYTES } from './joined-script.js'
import { JoinedVersions } from './joined-versions.js'
import { FILL } from './lease-scripts.js'

/** A loaded value to be stored under the token of its lease. */
export interface Fill {
  /** Of the entry. */
  readonly key: string
  readonly token: string
  readonly record: Buffer
  /** Milliseconds. */
  readonly lifetime: number
  /** Keys of the versions it was built under (one Redis), and their texts in the same order. */
  readonly versions: readonly string[]
  readonly expected: readonly string[]
  readonly channel: string
  readonly message: string
  /** Whether all are to hear of it, also where nobody waits. */
  readonly isLoud: boolean
}

export interface Filled {
  readonly said: 'filled' | 'revoked'
  /** Somebody waited for it. */
  readonly isAwaited: boolean
}

export const FILLS: JoinedScript<Fill, Filled> = {
  script: FILL,
  areJoinable: (one, other) => one.channel === other.channel,
  bytesOf: ({ record, versions }) => record.byteLength + versions.length * KEY_BYTES,
  argumentsOf: (fills) => {
    const versions = new JoinedVersions()
    const each = fills.flatMap((fill) => {
      const { token, record, lifetime, message, isLoud, expected } = fill
      const places = fill.versions.map(
        (key, i) => `${versions.place(key, lifetime)} ${expected[i]}`,
      )
      return [token, record, lifetime, message, isLoud ? '1' : '0', places.join(' ')]
    })
    const channel = fills[0]?.channel ?? ''
    return {
      keys: [...versions.keys, ...fills.map(({ key }) => key)],
      args: [channel, versions.keys.length, ...versions.lifetimes, ...each],
    }
  },
  repliesOf: (reply) => (reply as readonly unknown[]).map(filledOf),
}

function filledOf(reply: unknown): Filled | Error {
  const bits = Number(reply)
  if (Number.isNaN(bits)) return Object.assign(new Error(String(reply)), { name: 'ReplyError' })
  return { said: (bits & 1) === 1 ? 'filled' : 'revoked', isAwaited: (bits & 2) === 2 }
}
