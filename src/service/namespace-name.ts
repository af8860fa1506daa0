/** A namespace as requests and configurations name it. */

/** With that of the service before it, a namespace of the cache is not longer than this. */
export const LONGEST_NAMESPACE = 64

const NAME = new RegExp(`^(?!_)[A-Za-z0-9._-]{1,${LONGEST_NAMESPACE}}$`)

export const NAMESPACE_ALLOWED: string = `1-${LONGEST_NAMESPACE} characters of A-Z a-z 0-9 . _ -, not beginning with _`

export function isNamespaceName(name: unknown): name is string {
  return typeof name === 'string' && NAME.test(name)
}
