import { Client } from 'pg'
import { describe } from 'vitest'

const server = process.env['STRATA_POSTGRES_URL']

/** Like `describe`; skipped without `STRATA_POSTGRES_URL`, unless `STRATA_REQUIRE_POSTGRES=1`: then it fails. */
export function describePostgres(name: string, body: () => void): void {
  if (server || process.env['STRATA_REQUIRE_POSTGRES'] === '1') describe(name, body)
  else describe.skip(`${name} (skipped: STRATA_POSTGRES_URL is not set)`, body)
}

/** An empty database of its own in a real PostgreSQL; dropped at the end, with whoever is still connected. */
export interface PostgresDatabase extends AsyncDisposable {
  readonly url: string
}

export async function createDatabase(): Promise<PostgresDatabase> {
  if (!server) throw new Error('STRATA_POSTGRES_URL is needed for this test')
  const name = `strata_test_${process.pid}_${Date.now()}`
  await ask(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => ask(server, `drop database ${name} with (force)`),
  }
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
