import type { Database } from './database.js'
import { markSeeded } from './seed-mark.js'
import { first, last, means, pick, thing, verb } from './sql-words.js'

// A change of the tables or of their content gets a new number: databases made by an older demo are made again.
export const version = 1
const chunk = 5_000
const commentsPerPost = 3

export const authorsOf = (rows: number): number => Math.max(10, Math.round(rows / 100))

/**
 * Makes `rows` posts, with authors and comments. Everything follows from the row's number, so that two runs on two machines
 * have the same rows. The mark that all is there is written last: an interrupted run begins again.
 */
export async function seed(
  database: Database,
  rows: number,
  onProgress: (share: number) => void,
): Promise<void> {
  const comments = rows * commentsPerPost
  const steps = rows + comments
  for (const statement of tables) await database.query(statement)
  await database.query(insertAuthors, [authorsOf(rows)])
  for (let from = 1; from <= rows; from += chunk) {
    await database.query(insertPosts, [from, Math.min(rows, from + chunk - 1), authorsOf(rows)])
    onProgress(Math.min(rows, from + chunk) / steps)
  }
  for (let from = 1; from <= comments; from += chunk) {
    await database.query(insertComments, [
      from,
      Math.min(comments, from + chunk - 1),
      rows,
      authorsOf(rows),
    ])
    onProgress((rows + Math.min(comments, from + chunk)) / steps)
  }
  for (const statement of indexes) await database.query(statement)
  await markSeeded(database, { version, rows })
}

const tables = [
  'drop table if exists seeded, comments, posts, authors',
  'create table authors (id int primary key, name text not null)',
  `create table posts (id int primary key, author_id int not null, title text not null, body text not null,
     views int not null, published_at timestamptz not null)`,
  `create table comments (id int primary key, post_id int not null, author_id int not null, body text not null,
     created_at timestamptz not null)`,
]

const indexes = [
  'create index on comments (post_id, id)',
  'create index on posts (author_id)',
  'analyze authors',
  'analyze posts',
  'analyze comments',
]

const insertAuthors = `insert into authors
  select g, ${pick(first, 'g')} || ' ' || ${pick(last, 'g / 7')} from generate_series(1, $1::int) g`

const insertPosts = `insert into posts
  select g, 1 + ((g::bigint * 7919) % $3::int)::int,
    'How we ' || ${pick(verb, 'g')} || ' ' || ${pick(thing, 'g / 3')} || ' with ' || ${pick(means, 'g / 11')},
    repeat('What we saw first was the slow page; what we found was the query behind it. ', 3 + g % 6),
    ((g::bigint * 104729) % 5000)::int,
    timestamptz '2023-01-01' + g * interval '10 minutes'
  from generate_series($1::int, $2::int) g`

// The square gives early posts more comments than late ones, as in a real blog.
const insertComments = `insert into comments
  select g, 1 + floor(($3::int - 1) * power(((g::bigint * 7919) % 100003) / 100003.0, 2))::int,
    1 + ((g::bigint * 31337) % $4::int)::int,
    'We saw the same with ' || ${pick(thing, 'g / 5')} || '; ' || ${pick(means, 'g')} || ' helped.',
    timestamptz '2023-01-01' + g * interval '3 minutes'
  from generate_series($1::int, $2::int) g`
