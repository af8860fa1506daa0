import { LRUCache } from 'lru-cache'

/**
 * A map that keeps the `most` keys used last. Bounded by size: with `max`, lru-cache claims the memory of all of them when it
 * is made (250 KB for 10,000), and each namespace has several.
 */
export function recentMap<V extends {}>(most: number): LRUCache<string, V> {
  return new LRUCache<string, V>({ maxSize: most, sizeCalculation: () => 1 })
}
