import type { Database } from '../../demo/database.js'
import { compare } from '../compare.js'
import { inTurn, type Report } from '../in-turn.js'
import type { Link } from '../network/link.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'

interface Import {
  readonly id: number
  readonly name: string
}
type Measure = (parts: Parts, link: Link, rows: readonly Import[], report: Report) => Promise<Case>

const maxRows = 500

/** Many writes one by one, and as one. */
export const batchInsert: Row = {
  name: 'batch-insert',
  system: 'Write in batches instead of in a loop',
  claim: { text: '100x', factor: 100 },
  ran: `inserts and updates of up to ${maxRows} rows in a loop, and as one statement; \`set\` of as many keys, and \`setMany\``,
  async run(parts, report) {
    const count = Math.min(maxRows, parts.sizes.users / 10)
    const rows = Array.from({ length: count }, (_, n) => ({ id: n + 1, name: `O'Brien ${n}` }))
    await parts.database.query('drop table if exists imports')
    await parts.database.query('create table imports (id int primary key, name text not null)')
    const measures: readonly Measure[] = [insert, update, ...(parts.redis ? [setMany] : [])]
    const contests = parts.links.flatMap((link) => measures.map((measure) => ({ link, measure })))
    const cases = await inTurn(report, contests, ({ link, measure }, report) =>
      measure(parts, link, rows, report),
    )
    await parts.database.query('drop table imports')
    return {
      cases,
      notes: [
        `${count} rows each time. Every insert of the loop is a transaction that waits for the disk; the loop in one transaction waits once.`,
        "The batch is one statement with parameters: two arrays and `unnest`. The guide puts such a statement together from strings, into which a name like O'Brien writes SQL.",
      ],
    }
  },
}

const idsOf = (rows: readonly Import[]) => rows.map(({ id }) => id)
const namesOf = (rows: readonly Import[]) => rows.map(({ name }) => name)

const insertAll = (connection: Database, rows: readonly Import[]) =>
  connection.query('insert into imports (id, name) select * from unnest($1::int[], $2::text[])', [
    idsOf(rows),
    namesOf(rows),
  ])

const contentOf = (connection: Database) =>
  connection.query<Import>('select id, name from imports order by id')

const insert: Measure = ({ budget }, { when, connection }, rows, report) => {
  const oneByOne = async () => {
    for (const { id, name } of rows)
      await connection.query('insert into imports (id, name) values ($1, $2)', [id, name])
  }
  const before = () => connection.query('truncate imports')
  const answer = () => contentOf(connection)
  return compare(
    `for inserts ${when}`,
    [
      { label: 'a loop', before, run: oneByOne, answer },
      {
        label: 'a loop in one transaction',
        before,
        run: () => inTransaction(connection, oneByOne),
        answer,
      },
      {
        label: '`insert ... select from unnest($1, $2)`',
        before,
        run: () => insertAll(connection, rows),
        answer,
      },
    ],
    { budget, report },
  )
}

const update: Measure = async ({ budget }, { when, connection }, rows, report) => {
  const renamed = (round: number) => rows.map(({ id, name }) => ({ id, name: `${name} ${round}` }))
  const answer = () => contentOf(connection)
  await connection.query('truncate imports')
  await insertAll(connection, rows)
  return compare(
    `for updates ${when}`,
    [
      {
        label: 'a loop',
        run: async (round) => {
          for (const { id, name } of renamed(round))
            await connection.query('update imports set name = $2 where id = $1', [id, name])
        },
        answer,
      },
      {
        label: '`update ... from unnest($1, $2)`',
        run: (round) =>
          connection.query(
            `update imports set name = changed.name
             from unnest($1::int[], $2::text[]) as changed (id, name) where imports.id = changed.id`,
            [idsOf(rows), namesOf(renamed(round))],
          ),
        answer,
      },
    ],
    { budget, report },
  )
}

const setMany: Measure = async ({ budget, openCache }, { when, redis }, rows, report) => {
  if (!redis) throw new Error('no Redis')
  const cache = await openCache({ namespace: 'guide-set-many', ttl: '5m', redis: redis.url })
  const keyOf = ({ id }: Import) => `import:${id}`
  const loop = async () => {
    const results = new Set<string>()
    for (const row of rows) results.add(await cache.set(keyOf(row), row))
    return [...results]
  }
  return compare(
    `for \`set\` with Redis ${when}`,
    [
      { label: '`set` in a loop', run: loop },
      {
        label: '`setMany`',
        run: async () => [
          await cache.setMany(rows.map((row) => ({ key: keyOf(row), value: row }))),
        ],
      },
    ],
    { budget, report },
  )
}

async function inTransaction(connection: Database, work: () => Promise<void>): Promise<void> {
  await connection.query('begin')
  try {
    await work()
    await connection.query('commit')
  } catch (error) {
    await connection.query('rollback')
    throw error
  }
}
