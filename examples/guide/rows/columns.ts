import type { Database } from '../../demo/database.js'
import { compare, type Way } from '../compare.js'
import { inTurn } from '../in-turn.js'
import type { Row } from '../row.js'

const users = 1_000

/** A list of names out of a table whose rows carry a text of 1 kB. */
export const columns: Row = {
  name: 'columns',
  system: 'Select only what you need',
  claim: { text: '17x', factor: 17 },
  ran: `${users.toLocaleString('en-US')} users for a list of names: \`select *\`, and \`select id, name\``,
  async run({ links, budget }, report) {
    return {
      cases: await inTurn(report, links, async ({ when, database }, report) => {
        const ways = [await wayOf(database, '*'), await wayOf(database, 'id, name')] as const
        return compare(when, ways, { budget, report })
      }),
      notes: [
        'The bytes are those of the rows as JSON. The network has a distance here, but all the bandwidth there is: one with less makes the factor larger.',
      ],
    }
  },
}

async function wayOf(database: Database, columns: string): Promise<Way> {
  const read = () =>
    database.query<{ id: number; name: string }>(
      `select ${columns} from users order by id limit ${users}`,
    )
  const bytes = Buffer.byteLength(JSON.stringify(await read()))
  return {
    label: `\`select ${columns}\``,
    run: async () => (await read()).map(({ id, name }) => ({ id, name })),
    detail: () => `${Math.round(bytes / 1_000).toLocaleString('en-US')} kB`,
  }
}
