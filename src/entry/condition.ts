/** What must be true of a key for a write to be made. */
export type Condition =
  /** Nothing is there that a read would find. */
  | { readonly kind: 'absent' }
  /** Something is there that a read would find. */
  | { readonly kind: 'present' }
  /** It is the value with one of these identities, and a read would find it. */
  | { readonly kind: 'is'; readonly ids: readonly string[] }

/** `id`: of the value that is there, '' for one without an identity; undefined: nothing. */
export function holds(condition: Condition, id: string | undefined): boolean {
  switch (condition.kind) {
    case 'absent':
      return id === undefined
    case 'present':
      return id !== undefined
    case 'is':
      return id !== undefined && id !== '' && condition.ids.includes(id)
  }
}
