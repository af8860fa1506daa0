/** What must be true of a key for a write to be made. */
export type Condition =
  /** Nothing is there that a read would find. */
  | { readonly kind: 'absent' }
  /** Something is there that a read would find. */
  | { readonly kind: 'present' }
  /** It is the value with one of these identities, and a read would find it. */
  | { readonly kind: 'is'; readonly ids: readonly string[] }
