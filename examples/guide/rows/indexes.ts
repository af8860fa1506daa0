import { compare } from '../compare.js'
import { explain } from '../database/explain.js'
import { createIndexes, definitionOf, dropIndexes, type IndexName } from '../database/indexes.js'
import { inTurn, type Report } from '../in-turn.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'

interface Search {
  readonly when: string
  readonly index: IndexName
  readonly sql: string
  /** Those of the nth query. */
  parameters(n: number): readonly unknown[]
}

const queriesAtOnce = 10

/** Each query alternately with the index that was made for it, and without any but that of the primary key. */
export const indexes: Row = {
  name: 'indexes',
  system: 'Index what you filter and sort by',
  claim: { text: '100x', factor: 100 },
  ran: 'three queries, each without and with its index: plain, compound, partial',
  async run(parts, report) {
    // One index must not stand in for another.
    await dropIndexes(parts.database)
    const emails = await emailsOf(parts)
    const searches: readonly Search[] = [
      {
        when: 'with a plain index, one user by email',
        index: 'usersByEmail',
        sql: 'select id, name from users where email = $1',
        parameters: (n) => [emails[n % emails.length]],
      },
      {
        when: 'with a compound index, the latest posts of a user',
        index: 'postsByUser',
        sql: `select id, title from posts where user_id = $1 and status = 'published'
              order by published_at desc limit 10`,
        parameters: (n) => [1 + (n % 500)],
      },
      {
        when: 'with a partial index, the latest published posts',
        index: 'publishedPosts',
        sql: `select id, title from posts where status = 'published'
              order by published_at desc limit $1`,
        parameters: (n) => [20 + (n % 3)],
      },
    ]
    const plans: { title: string; text: string }[] = []
    const cases = await inTurn(report, searches, async (search, report) => {
      const measured = await measure(parts, search, report)
      plans.push(...(await plansOf(parts, search)))
      await dropIndexes(parts.database, [search.index])
      return measured
    })
    return {
      cases,
      plans,
      notes: [
        `The factor grows with the table: without an index the database reads all ${parts.sizes.users.toLocaleString('en-US')} rows, with it a few.`,
      ],
    }
  },
}

async function measure(
  { database, budget }: Parts,
  { when, index, sql, parameters }: Search,
  report: Report,
): Promise<Case> {
  const run = async (round: number) => {
    const answers: unknown[] = []
    for (let n = 0; n < queriesAtOnce; n++)
      answers.push(await database.query(sql, parameters(round * queriesAtOnce + n)))
    return answers
  }
  // One query after the change, unmeasured: the first one learns that the plan is another.
  const after = (change: typeof createIndexes) => (round: number) =>
    change(database, [index]).then(() => database.query(sql, parameters(round)))
  const times = queriesAtOnce
  return compare(
    when,
    [
      { label: 'without an index', times, run, before: after(dropIndexes) },
      {
        label: 'with the index',
        times,
        run,
        before: after(createIndexes),
        detail: () => definitionOf(index),
      },
    ],
    { budget, report },
  )
}

async function plansOf({ database }: Parts, { index, sql, parameters }: Search) {
  await dropIndexes(database, [index])
  const without = await explain(database, sql, parameters(0))
  await createIndexes(database, [index])
  const withIt = await explain(database, sql, parameters(0))
  return [
    { title: `${sql}\n-- without an index`, text: without },
    { title: `${sql}\n-- with an index ${definitionOf(index)}`, text: withIt },
  ]
}

async function emailsOf({ database }: Parts): Promise<readonly string[]> {
  const users = await database.query<{ email: string }>(
    'select email from users where id % 97 = 0 order by id limit 500',
  )
  return users.map(({ email }) => email)
}
