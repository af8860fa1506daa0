import { compare, type Ways } from '../compare.js'
import { inTurn } from '../in-turn.js'
import type { Row } from '../row.js'

interface Post {
  readonly id: number
  readonly title: string
}
const pageSize = 20

/** A page out of many rows: taken by the program, by the database, and by the database that need not count to it. */
export const limit: Row = {
  name: 'limit',
  system: 'LIMIT in the query instead of slicing all rows; pages by key instead of OFFSET',
  claim: { text: '100x', factor: 100 },
  ran: `the first ${pageSize} posts: all rows and \`slice\`, and \`limit\`; a page deep down: \`offset\`, and \`where id > $1\``,
  async run({ database, sizes, budget }, report) {
    const select = 'select id, title from posts order by id'
    const deep = Math.floor(sizes.posts * 0.9)
    const pages: readonly { readonly when: string; readonly ways: Ways }[] = [
      {
        when: 'for the first page',
        ways: [
          {
            label: 'all rows, then `slice`',
            run: async () => (await database.query<Post>(select)).slice(0, pageSize),
            detail: () => `${sizes.posts.toLocaleString('en-US')} rows sent`,
          },
          {
            label: '`limit`',
            run: () => database.query<Post>(`${select} limit $1`, [pageSize]),
            detail: () => `${pageSize} rows sent`,
          },
        ],
      },
      {
        when: `for the page after row ${deep.toLocaleString('en-US')}`,
        ways: [
          {
            label: '`limit` and `offset`',
            run: () => database.query<Post>(`${select} limit $1 offset $2`, [pageSize, deep]),
          },
          {
            label: '`where id > $1` and `limit`',
            run: () =>
              database.query<Post>(
                'select id, title from posts where id > $1 order by id limit $2',
                [deep, pageSize],
              ),
          },
        ],
      },
    ]
    return {
      cases: await inTurn(report, pages, ({ when, ways }, report) =>
        compare(when, ways, { budget, report }),
      ),
      notes: ['Both factors grow with the table; what a page by key costs does not.'],
    }
  },
}
