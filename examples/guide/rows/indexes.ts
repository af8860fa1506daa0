import { contend } from '../contend.js'
import { explain } from '../database/explain.js'
import { createIndexes, definitionOf, dropIndexes, type IndexName } from '../database/indexes.js'
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

/** Each query alternately with and without the index that was made for it; all other indexes are there all the time. */
export const indexes: Row = {
  name: 'indexes',
  system: 'Index what you filter and sort by',
  claim: { text: '100x', factor: 100 },
  ran: 'three queries, each without and with its index: plain, compound, partial',
  async run(parts, report) {
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
    const cases: Case[] = []
    const plans: { title: string; text: string }[] = []
    for (const [i, search] of searches.entries()) {
      const part = (share: number) => report((i + share) / searches.length)
      cases.push(await compare(parts, search, part))
      plans.push(...(await plansOf(parts, search)))
    }
    const [first, ...rest] = cases as [Case, ...Case[]]
    return {
      cases: [first, ...rest],
      plans,
      notes: [
        `The factor grows with the table: without an index the database reads all ${parts.sizes.users.toLocaleString('en-US')} rows, with it a few.`,
      ],
    }
  },
}

async function compare(
  { database, budget }: Parts,
  { when, index, sql, parameters }: Search,
  report: (share: number) => void,
): Promise<Case> {
  const run = async (round: number) => {
    const answers: unknown[] = []
    for (let n = 0; n < queriesAtOnce; n++)
      answers.push(await database.query(sql, parameters(round * queriesAtOnce + n)))
    return answers
  }
  // One query after the change, unmeasured: the first one learns that the plan is another.
  const first = (round: number) => database.query(sql, parameters(round))
  const [before = Number.NaN, after = Number.NaN] = await contend(
    [
      {
        label: 'without',
        times: queriesAtOnce,
        run,
        before: (round) => dropIndexes(database, [index]).then(() => first(round)),
      },
      {
        label: 'with',
        times: queriesAtOnce,
        run,
        before: (round) => createIndexes(database, [index]).then(() => first(round)),
      },
    ],
    { budget, report },
  )
  return {
    when,
    steps: [
      { label: 'without the index', ms: before },
      { label: 'with the index', ms: after, detail: definitionOf(index) },
    ],
  }
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
