import { searchPosts, userById, wordsToFind } from './database/queries.js'
import type { Link } from './network/link.js'
import type { Parts } from './parts.js'

/** Something that is read by key, and what it costs without a cache. */
export interface Load {
  /** Completes a sentence: `for a search in all posts`. */
  readonly when: string
  readonly link: Link
  /** Different ones; all have a value. */
  readonly keys: readonly string[]
  load(key: string): Promise<object | null>
}

/**
 * The same values with three prices: a query the database works for, one it does next to nothing for, and that one over a
 * network. What a cache brings is decided by the price of what it replaces.
 */
export async function loadsOf({ links }: Parts, count: number): Promise<Load[]> {
  const [near, far] = links
  const search = await searches(near, count)
  return far ? [search, lookups(near, count), lookups(far, count)] : [search, lookups(near, count)]
}

async function searches(link: Link, count: number): Promise<Load> {
  return {
    when: `for a search in all posts ${link.when}`,
    link,
    keys: await wordsToFind(link.database, count),
    load: (words) => searchPosts(link.database, words),
  }
}

function lookups(link: Link, count: number): Load {
  return {
    when: `for a lookup by primary key ${link.when}`,
    link,
    keys: Array.from({ length: count }, (_, n) => String(n + 1)),
    load: (id) => userById(link.database, Number(id)),
  }
}
