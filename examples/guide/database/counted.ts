import type { Database } from '../../demo/database.js'

/** The same database, which counts the queries it is sent. */
export interface Counted extends Pick<Database, 'query'> {
  /** Since it was asked last. */
  taken(): number
}

export function counted(database: Database): Counted {
  let queries = 0
  return {
    query(sql, parameters) {
      queries++
      return database.query(sql, parameters)
    },
    taken() {
      const taken = queries
      queries = 0
      return taken
    },
  }
}
