import { Pool, type PoolConfig } from 'pg'
import type { Database } from './database.js'

/** Tables live in a schema of their own, so that the demo touches nothing else in a database of yours. */
export async function openPostgres(
  url: string,
  schema: string,
  connections: Pick<PoolConfig, 'max' | 'maxUses'> = { max: 10 },
): Promise<Database> {
  const options = `-c search_path=${schema}`
  const pool = new Pool({ connectionString: url, options, ...connections })
  // Without a listener, a connection that dies while idle ends the process.
  pool.on('error', () => {})
  const [server] = (await pool.query('show server_version')).rows
  await pool.query(`create schema if not exists ${schema}`)
  return {
    name: `PostgreSQL ${server.server_version}`,
    place: `DATABASE_URL, schema ${schema}`,
    async query<Row>(sql: string, parameters: readonly unknown[] = []) {
      return (await pool.query(sql, [...parameters])).rows as Row[]
    },
    close: () => pool.end(),
  }
}
