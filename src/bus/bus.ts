/** Something was made unusable (or, with `soft`, stale) in one namespace. */
export type Invalidation =
  | { readonly kind: 'remove'; readonly keys: readonly string[] }
  | { readonly kind: 'expire'; readonly key: string }
  | { readonly kind: 'tags'; readonly tags: readonly string[]; readonly soft: boolean }
  | { readonly kind: 'clear' }

/** Whether this cache did it, or learned that it was done. */
export type Origin = 'own' | 'heard'

export type Listener = (namespace: string, invalidation: Invalidation, origin: Origin) => void

/** Brings invalidations, this process's own and those heard of others, to everybody here who keeps entries. */
export interface Bus {
  announce(namespace: string, invalidation: Invalidation, origin?: Origin): void
  /** Returns how to stop listening. */
  listen(listener: Listener): () => void
}
