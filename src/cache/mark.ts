import type { Invalidation } from '../bus/bus.js'
import type { Marks } from '../entry/marks.js'

/** Notes an invalidation on marks alone. */
export function mark(marks: Marks, invalidation: Invalidation): void {
  switch (invalidation.kind) {
    case 'remove':
      for (const key of invalidation.keys) marks.markKey(key)
      break
    case 'expire':
      marks.markKey(invalidation.key)
      break
    case 'tags':
      marks.markTags(invalidation.tags, invalidation.soft)
      break
    case 'clear':
      marks.markAll()
  }
}
