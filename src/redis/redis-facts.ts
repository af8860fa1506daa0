/** What a Redis says of itself, as far as this user may ask. Milliseconds and bytes. */
export interface RedisFacts {
  /** `redis`, or what calls itself otherwise: `valkey`. */
  readonly product: string
  readonly version: string | undefined
  readonly mode: string | undefined
  readonly role: string | undefined
  readonly replicas: number
  readonly policy: string | undefined
  /** 0: no bound. */
  readonly maxMemory: number
  readonly usedMemory: number
  readonly latency: { readonly median: number; readonly worst: number }
  /** Its clock minus ours, known to lie in between. */
  readonly clock: { readonly low: number; readonly high: number } | undefined
  /** What this user may not do, in the words of an ACL rule: `publish`, `client|tracking`, `&channel`. */
  readonly missing: readonly string[]
  /** Why nothing can be written, beside permissions: the reply's own words. */
  readonly unwritable: string | undefined
  /** Settings that may be asked for; undefined where not. */
  readonly minReplicasToWrite: number | undefined
  readonly clusterNodeTimeout: number | undefined
}
