import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Database } from '../../examples/demo/database.js'
import { type App, type AppOptions, openApp } from '../../examples/guide/app/open-app.js'
import type { Switches } from '../../examples/guide/app/switches.js'
import { prepareTables } from '../../examples/guide/app/tables.js'
import { fill, openDatabase } from '../../examples/guide/database/open.js'
import { sizesOf } from '../../examples/guide/database/sizes.js'

/** A database that counts what it is asked. */
export class Watched implements Database {
  readonly name: string
  readonly place: string
  readonly queries: string[] = []
  rows = 0
  columns = new Set<string>()
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    this.name = database.name
    this.place = database.place
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    this.queries.push(sql)
    const rows = await this.#database.query<Row>(sql, parameters)
    this.rows += rows.length
    for (const row of rows) for (const name of Object.keys(row as object)) this.columns.add(name)
    return rows
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  forget(): void {
    this.queries.length = 0
    this.rows = 0
    this.columns.clear()
  }
}

/** Applications of the guide over one small database. */
export interface GuideApps {
  readonly database: Watched
  /** Without Redis, unless `options` name one. The database has forgotten what it was asked until then. */
  open(switches: Switches, options?: Partial<AppOptions>): Promise<App>
  /** Those that are open. */
  closeApps(): Promise<void>
  close(): Promise<void>
}

export async function openGuideApps(): Promise<GuideApps> {
  const sizes = sizesOf(300)
  const dataDirectory = mkdtempSync(join(tmpdir(), 'strata-guide-test-'))
  const embedded = await openDatabase({ databaseUrl: undefined, dataDirectory }, sizes)
  await fill(embedded, sizes, () => {})
  await prepareTables(embedded)
  const database = new Watched(embedded)
  const apps: App[] = []
  let opened = 0
  return {
    database,
    async open(switches, options = {}) {
      const app = await openApp({
        switches,
        databases: { pooled: database },
        redis: undefined,
        namespace: `guide-test-${opened++}`,
        ...options,
      })
      apps.push(app)
      database.forget()
      return app
    },
    async closeApps() {
      for (const app of apps.splice(0)) await app.close()
    },
    async close() {
      await database.close()
      rmSync(dataDirectory, { recursive: true, force: true })
    },
  }
}

export interface Page {
  readonly status: number
  readonly body: unknown
}

export async function read(app: App, path: string): Promise<Page> {
  const response = await fetch(app.url + path)
  return { status: response.status, body: await response.json() }
}
