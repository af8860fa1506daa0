/** The rows of a schedule. Every third one is only ever made stale, never removed; all others are removed. */
export function keysOf(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i % 3 === 2 ? 'soft' : 'hard'}-${i}`)
}

export function isSoft(key: string): boolean {
  return key.startsWith('soft')
}

export function tagOf(key: string): string {
  return `tag-${key}`
}

/** Of what is read and stored under a key. */
export function policyOf(key: string): { ttl: number; grace: number; tags: string[] } {
  return { ttl: 60_000, grace: isSoft(key) ? 60_000 : 0, tags: [tagOf(key)] }
}
