import type { Database } from '../../demo/database.js'

/** The plan the database took: it runs the statement and tells how, with the rows that came out of each node. */
export async function explain(
  database: Database,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<string> {
  const options = 'analyze, costs off, timing off, summary off, buffers off'
  const lines = await database.query<{ 'QUERY PLAN': string }>(
    `explain (${options}) ${sql}`,
    parameters,
  )
  return lines.map((line) => line['QUERY PLAN']).join('\n')
}
