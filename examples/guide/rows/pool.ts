import { Client } from 'pg'
import { compare } from '../compare.js'
import { userById } from '../database/queries.js'
import { schemaOf } from '../database/open.js'
import { inTurn, type Report } from '../in-turn.js'
import type { Link } from '../network/link.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'

const requests = 10

/** What a connection costs that is made for one query. */
export const pool: Row = {
  name: 'pool',
  system: 'Connection pooling',
  claim: { text: '6-11x', factor: 6 },
  ran: 'a lookup by primary key over a connection of its own, and over a pool (`pg`)',
  async run(parts, report) {
    if (!parts.databaseUrl)
      return { notMeasured: 'the embedded database has no connections; set DATABASE_URL' }
    return {
      cases: await inTurn(report, parts.links, (link, report) => measure(parts, link, report)),
      notes: [
        'Without TLS and without a password, each of which makes a connection dearer. What it takes to close one is not counted: nobody waits for that.',
      ],
    }
  },
}

async function measure(
  { budget, sizes }: Parts,
  { when, database, databaseUrl }: Link,
  report: Report,
): Promise<Case> {
  const options = `-c search_path=${schemaOf(sizes)}`
  let closing: Promise<void>[] = []
  const onItsOwn = async (id: number) => {
    const client = new Client({ connectionString: databaseUrl, options })
    await client.connect()
    const query = async <Row>(sql: string, parameters: readonly unknown[] = []) =>
      (await client.query(sql, [...parameters])).rows as Row[]
    try {
      return await userById({ query }, id)
    } finally {
      closing.push(client.end())
    }
  }
  const before = async () => {
    await Promise.all(closing)
    closing = []
  }
  const result = await compare(
    when,
    [
      {
        label: 'a connection for each request',
        times: requests,
        before,
        run: (round) => inSequence(round, onItsOwn),
      },
      {
        label: 'a pool',
        times: requests,
        before,
        run: (round) => inSequence(round, (id) => userById(database, id)),
      },
    ],
    { budget, report },
  )
  await before()
  return result
}

async function inSequence(round: number, read: (id: number) => Promise<unknown>) {
  const answers: unknown[] = []
  for (let n = 1; n <= requests; n++) answers.push(await read((round % 50) * requests + n))
  return answers
}
