import type { RecordFault } from '../entry/record.js'
import type { Awaitable } from './tier.js'

/** Somebody loads the key. */
export interface LeaseView {
  /** The beginning of its token: enough to tell one lease from the next, too little to end it. */
  readonly token: string
  /** Milliseconds until it ends, unless its holder renews it. */
  readonly left: number
  /** Another caller has asked to be told of its end. */
  readonly awaited: boolean
}

/** A version that a value was built under, and what stands there now. */
export interface VersionView {
  readonly kind: 'namespace' | 'tag'
  /** Of the namespace or the tag. */
  readonly name: string
  readonly builtUnder: string
  /** Undefined: it is no longer there (invalidated, or evicted). */
  readonly now: string | undefined
  /** `soft`: the value is stale. `ended`: it is unusable. */
  readonly standing: 'good' | 'soft' | 'ended'
}

interface Bytes {
  /** Size of the whole record. */
  readonly bytes: number
  /** Milliseconds until Redis drops the key; undefined: it never does. */
  readonly left: number | undefined
}

/** A value in Redis. Instants in wall-clock milliseconds; the value itself is not part of the picture. */
export interface ValueFinding extends Bytes {
  readonly kind: 'value'
  /** `ended`: built under a version that has ended. `gone`: its time is over, or it is stale without grace. */
  readonly standing: 'fresh' | 'stale' | 'gone' | 'ended'
  /** Identity of the value: that of the entry in memory is the same if it is a copy of this one. */
  readonly id: string
  readonly storedAt: number
  /** 0: its freshness was ended by `expire`. */
  readonly freshUntil: number
  readonly staleUntil: number
  /** Milliseconds the loader took. */
  readonly loadTime: number
  /** How the record is written. */
  readonly record: {
    /** Head and version, `SRE1`. */
    readonly head: string
    /** Version of the frame. */
    readonly frame: number
    /** Bit set: 1 = with parts that msgpack cannot carry, 2 = brotli. */
    readonly flags: number
    readonly body: 'msgpack' | 'raw'
    /** Bytes of the body. */
    readonly bodyBytes: number
    readonly compressed: boolean
    /** The Redis key holds a digest: the key stands in the record. */
    readonly hashed: boolean
  }
  /** Somebody loads a new value; this one stays readable meanwhile. */
  readonly lease: LeaseView | undefined
  /** Milliseconds for which nobody loads anew, after a load that failed. */
  readonly resting: number | undefined
  /** The namespace's first, then those of its tags. */
  readonly versions: readonly VersionView[]
}

/** What stands under the key of an entry, whatever its state. */
export type Finding =
  | { readonly kind: 'absent' }
  | ValueFinding
  /** No value, somebody loads. Without `lease`: nobody any more, its time is over. */
  | ({ readonly kind: 'lease'; readonly lease: LeaseView | undefined } & Bytes)
  /** No value: a load failed, which is told to those who waited for it. */
  | ({
      readonly kind: 'failure'
      readonly failure: { readonly name: string; readonly code?: string }
    } & Bytes)
  /** Nothing that this version can read. To a reader a miss; replaced by the next store. */
  | ({
      readonly kind: 'unreadable'
      readonly fault: RecordFault | 'key-mismatch' | 'wrong-type'
    } & Bytes)

/** A copy that memory has, to be compared. */
export interface Copy {
  readonly key: string
  readonly id: string
  readonly tags: readonly string[]
  /** Estimated bytes of the value. */
  readonly size: number
}

/**
 * How a fresh copy stands to what the tier has: the very same value and good; `absent`: nothing there; `other`: another value
 * (or something unreadable); `ended`: a tag or the namespace was invalidated; `stale`: made stale, or gone; `unknown`: too
 * large to be kept there.
 */
export type Comparison = 'same' | 'absent' | 'other' | 'ended' | 'stale' | 'unknown'

/** Looks at what a tier has of one namespace and changes nothing, not even what the process knows. */
export interface Inspector {
  /** Under which name the tier keeps the entry. */
  keyOf(key: string): Awaitable<string>
  find(key: string): Promise<Finding>
  /** In the order of the copies, of which there may be about a hundred. */
  compare(copies: readonly Copy[]): Promise<readonly Comparison[]>
}
