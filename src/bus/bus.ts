/** Something was made unusable (or, with `soft`, stale) in one namespace. */
export type Invalidation =
  | { readonly kind: 'remove'; readonly keys: readonly string[] }
  | { readonly kind: 'expire'; readonly key: string }
  | { readonly kind: 'tags'; readonly tags: readonly string[]; readonly soft: boolean }
  | { readonly kind: 'clear' }

export interface BusStats {
  readonly transport: 'local'
  /** Whether what is kept in memory can be trusted: no invalidation may have been missed. */
  readonly coherent: boolean
  /** Wall-clock milliseconds of the last proof that the bus delivers; undefined where none is needed. */
  readonly lastProofAt: number | undefined
  readonly reason: string | undefined
}

export type Listener = (namespace: string, invalidation: Invalidation) => void

/** Carries invalidations to every process that keeps entries in memory, the sender included. */
export interface Bus {
  announce(namespace: string, invalidation: Invalidation): void
  /** Returns how to stop listening. */
  listen(listener: Listener): () => void
  stats(): BusStats
}
