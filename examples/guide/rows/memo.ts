import { compare } from '../compare.js'
import { inTurn } from '../in-turn.js'
import type { Row } from '../row.js'

const inputs = 20
const heavyCalls = 20
const hits = 20_000

/** `memo` beside the functions it remembers: one that is worth it, and one that is hardly slower than remembering. */
export const memo: Row = {
  name: 'memo',
  system: 'Remember the results of pure functions in memory (lru_cache)',
  claim: { text: '20x', factor: 20 },
  ran: '`cache.memo` over a function that counts the words of a text of 50 kB, and over one that makes a slug of a title',
  async run({ database, budget, openCache }, report) {
    const posts = await database.query<{ title: string; body: string }>(
      'select title, body from posts order by id limit $1',
      [inputs],
    )
    const titles = posts.map(({ title }) => title)
    const texts = posts.map(({ title, body }) => `${title}: ${body}`.repeat(200).slice(0, 50_000))
    const cache = await openCache({ namespace: 'guide-memo' })
    const functions = [
      {
        when: 'for the word counts of a text',
        calls: heavyCalls,
        plain: (n: number) => mostUsedWords(texts[n] ?? ''),
      },
      {
        when: 'for the slug of a title',
        calls: hits,
        plain: (n: number) => slugOf(titles[n] ?? ''),
      },
    ]
    const cases = await inTurn(report, functions, ({ when, calls, plain }, report) => {
      const remembered = cache.memo<[number], object>(plain, { key: String, ttl: '5m' })
      return compare(
        when,
        [
          { label: 'computed', times: calls, run: () => repeat(plain, calls) },
          { label: '`cache.memo`, a hit', times: hits, run: () => repeat(remembered, hits) },
        ],
        { budget, report },
      )
    })
    return { cases, notes: ['Memory can give back no more than the function takes.'] }
  },
}

/** Ends with the same input, however often it is repeated. */
function repeat(fn: (n: number) => object, times: number): object | undefined {
  let last: object | undefined
  for (let n = 0; n < times; n++) last = fn(n % inputs)
  return last
}

function mostUsedWords(text: string): { word: string; count: number }[] {
  const counts = new Map<string, number>()
  for (const [word] of text.toLowerCase().matchAll(/\p{L}+/gu))
    counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts]
    .map(([word, count]) => ({ word, count }))
    .sort((a, b) => b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, 10)
}

function slugOf(title: string): { slug: string } {
  return { slug: title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') }
}
