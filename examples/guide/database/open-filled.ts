import type { Database } from '../../demo/database.js'
import { startProgress } from '../../demo/progress.js'
import type { Program } from '../program.js'
import { type DatabaseSettings, fill, openDatabase } from './open.js'
import { type Sizes, sizesOf } from './sizes.js'

export interface FilledDatabase {
  readonly database: Database
  readonly sizes: Sizes
}

/** The database of a program, open until it ends, with all of its rows: made now, or by an earlier run. */
export async function openFilled(
  settings: DatabaseSettings & { readonly users: number },
  { terminal, teardown }: Pick<Program, 'terminal' | 'teardown'>,
): Promise<FilledDatabase> {
  const sizes = sizesOf(settings.users)
  terminal.status('opening the database ...')
  const database = await openDatabase(settings, sizes)
  teardown.add(() => database.close())
  terminal.status('')
  terminal.say(`database  ${database.name}, in ${database.place}`)
  const bar = startProgress(terminal, `making ${sizes.users} users, ${sizes.posts} posts`)
  if (await fill(database, sizes, bar.update)) bar.done()
  return { database, sizes }
}
