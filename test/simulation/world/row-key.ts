import type { PolicyOptions } from '../../../src/cache/options.js'

/** The rows of a schedule. Every third one is only ever made stale, never removed; all others are removed. */
export function keysOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i % 3 === 2 ? 'soft' : 'hard'}-${i}`)
}

export function isSoft(key: string): boolean {
  return key.startsWith('soft')
}

/** In which of so many namespaces it lives. */
export function namespaceOf(key: string, namespaces: number): number {
  return Number(key.slice('hard-'.length)) % namespaces
}

export function tagOf(key: string): string {
  return `tag-${key}`
}

/** On rows of every namespace, beside their own. */
export const GROUP = 'group'

export type RowPolicy = PolicyOptions & { readonly tags: readonly string[] }

/** Of what is read and stored under a key. */
export function policyOf(key: string, given: PolicyOptions): RowPolicy {
  return { ttl: 60_000, grace: isSoft(key) ? 60_000 : 0, ...given, tags: [GROUP, tagOf(key)] }
}
