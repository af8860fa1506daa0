import type { Dice } from './dice.js'
import type { WriteKind } from './history.js'
import type { Keyspace } from './keyspace.js'

/** What a client does next. */
export type Operation =
  | { readonly kind: 'read'; readonly key: string }
  | { readonly kind: 'delete' | 'set'; readonly key: string }
  | { readonly kind: 'tag'; readonly tag: string }

export interface TrafficPlan {
  readonly keyspace: Keyspace
  /** Share of operations that write, 0 .. 1. */
  readonly writeShare: number
  /** The ways to write that the driver knows, at least one. */
  readonly kinds: readonly WriteKind[]
}

/**
 * The operations of one client without an end, the same for the same dice. Reads take every key alike. Writes prefer the first
 * ones, so that there are keys that hardly ever rest and keys that live in memory for long.
 */
export function* trafficOf(dice: Dice, plan: TrafficPlan): Generator<Operation, never> {
  const { keyspace, writeShare, kinds } = plan
  for (;;) {
    // as many throws for one operation as for any other
    const isWrite = dice.next() < writeShare
    const kind = kinds[dice.below(kinds.length)] ?? 'delete'
    const where = dice.next()
    if (!isWrite) yield { kind: 'read', key: at(keyspace.keys, where) }
    else if (kind === 'tag') yield { kind, tag: at(keyspace.tags, where ** 2) }
    else yield { kind, key: at(keyspace.keys, where ** 2) }
  }
}

function at(names: readonly string[], share: number): string {
  const name = names[Math.floor(share * names.length)]
  if (name === undefined) throw new RangeError('there is none to choose from')
  return name
}
