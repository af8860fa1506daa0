import type { CommandArgument } from './redis-client.js'
import type { Script, ScriptCall } from './script.js'

/** Keys and arguments of one call. */
export interface Arguments {
  readonly keys: readonly string[]
  readonly args: readonly CommandArgument[]
}

/** A script that does for several entries what is asked for each: parts of one turn become one call of it. */
export interface JoinedScript<P, R> {
  readonly script: Script
  /** Whether both may be parts of one call. */
  areJoinable(one: P, other: P): boolean
  /** Bytes that a part adds to a call: of its value, and {@link KEY_BYTES} for each version it belongs to. */
  bytesOf(part: P): number
  /** Made when the turn ends. */
  argumentsOf(parts: readonly P[]): Arguments
  /** For each part its own, or why it failed alone. */
  repliesOf(reply: unknown, parts: readonly P[]): readonly (R | Error)[]
}

export interface PartCall<P = unknown, R = unknown> {
  readonly joined: JoinedScript<P, R>
  readonly part: P
  readonly resolve: (reply: R) => void
  readonly reject: (error: unknown) => void
}

/** Entries of one script: all others wait while it runs. */
export const MOST_ENTRIES = 128

/** Of one script: a full Redis makes room before a script, not while it runs. */
const MOST_BYTES = 256 * 1024

/** What a version counts for: looking at 512 of them takes a script as long as all others can be kept waiting. */
export const KEY_BYTES = 512

/** Parts become calls of their scripts. Those that follow each other become one where they may. */
export function joinParts(
  calls: readonly (ScriptCall | PartCall)[],
  mayJoin: boolean,
): ScriptCall[] {
  const scripts: ScriptCall[] = []
  let group = new Group()
  const close = (): void => {
    if (group.calls.length > 0) scripts.push(together(group.calls))
    group = new Group()
  }
  for (const call of calls) {
    if ('script' in call) {
      close()
      scripts.push(call)
    } else {
      if (!mayJoin || !group.takes(call)) close()
      group.add(call)
    }
  }
  close()
  return scripts
}

class Group {
  readonly calls: PartCall[] = []
  #bytes = 0

  takes({ joined, part }: PartCall): boolean {
    const first = this.calls[0]
    if (first === undefined) return true
    if (first.joined !== joined || this.calls.length === MOST_ENTRIES) return false
    return this.#bytes + joined.bytesOf(part) <= MOST_BYTES && joined.areJoinable(first.part, part)
  }

  add(call: PartCall): void {
    this.calls.push(call)
    this.#bytes += call.joined.bytesOf(call.part)
  }
}

function together(calls: readonly PartCall[]): ScriptCall {
  const { joined } = calls[0] as PartCall
  const parts = calls.map(({ part }) => part)
  const reject = (error: unknown): void => {
    for (const call of calls) call.reject(error)
  }
  return {
    script: joined.script,
    ...joined.argumentsOf(parts),
    resolve: (reply) => {
      try {
        answer(calls, joined.repliesOf(reply, parts))
      } catch (error) {
        reject(error) // no reply of this script
      }
    },
    reject,
    entries: calls.length,
    ...(calls.length > 1 && { apart: () => calls.map((call) => together([call])) }),
  }
}

function answer(calls: readonly PartCall[], replies: readonly unknown[]): void {
  for (const [i, { resolve, reject }] of calls.entries()) {
    const reply = replies[i]
    if (reply instanceof Error) reject(reply)
    else resolve(reply)
  }
}
