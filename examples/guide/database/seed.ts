import type { Database } from '../../demo/database.js'
import { markSeeded } from '../../demo/seed-mark.js'
import { first, last, means, pick, textArray, thing, verb } from '../../demo/sql-words.js'
import type { Sizes } from './sizes.js'

// A change of the tables or of their content gets a new number: databases that are older are made again.
export const version = 1
const chunk = 5_000

/**
 * Makes users, posts and comments. Everything follows from the row's number, so that two runs on two machines have the same
 * rows. Without indexes but those of the primary keys: see indexes.ts.
 */
export async function seed(
  database: Database,
  sizes: Sizes,
  onProgress: (share: number) => void,
): Promise<void> {
  const { users, posts, comments } = sizes
  for (const statement of tables) await database.query(statement)
  let done = 0
  for (const { sql, rows, others } of [
    { sql: insertUsers, rows: users, others: [] },
    { sql: insertPosts, rows: posts, others: [users] },
    { sql: insertComments, rows: comments, others: [posts, users] },
  ]) {
    for (let from = 1; from <= rows; from += chunk) {
      const to = Math.min(rows, from + chunk - 1)
      await database.query(sql, [from, to, ...others])
      done += to - from + 1
      onProgress(done / (users + posts + comments))
    }
  }
  for (const table of ['users', 'posts', 'comments'])
    await database.query(`vacuum analyze ${table}`)
  await markSeeded(database, { version, rows: users })
}

const tables = [
  'drop table if exists seeded, comments, posts, users',
  `create table users (id int primary key, name text not null, email text not null, bio text not null,
     country text not null, active bool not null, created_at timestamptz not null)`,
  `create table posts (id int primary key, user_id int not null, title text not null, body text not null,
     status text not null, views int not null, published_at timestamptz)`,
  `create table comments (id int primary key, post_id int not null, user_id int not null, body text not null,
     created_at timestamptz not null)`,
]

const country = textArray('SE DE FR NG JP BR CZ LB IT PL IE US US US IN IN CN CN GB ES')
// Eight in ten are published.
const status = textArray(
  'published published draft published published published published archived published published',
)

// A biography of 1 kB: what a list of names does not need. No repetition, so that no compression makes it free.
const insertUsers = `insert into users
  select g, name, lower(replace(name, ' ', '.')) || g || '@example.com',
    (select string_agg(md5((g::bigint * 31 + k)::text), ' ') from generate_series(1, 31) k),
    ${pick(country, 'g::bigint * 7919')}, g % 10 <> 0, timestamptz '2020-01-01' + g * interval '20 minutes'
  from (select g, ${pick(first, 'g')} || ' ' || ${pick(last, 'g / 7')} as name
        from generate_series($1::int, $2::int) g) as named`

/** Numbers from 1 to the parameter, the low ones more often: an early user has more posts, an early post more comments. */
const early = (parameter: string) =>
  `1 + floor((${parameter}::int - 1) * power(((g::bigint * 7919) % 100003) / 100003.0, 2))::int`

const insertPosts = `insert into posts
  select g, ${early('$3')},
    'How we ' || ${pick(verb, 'g')} || ' ' || ${pick(thing, 'g / 3')} || ' with ' || ${pick(means, 'g / 11')},
    repeat('What we saw first was the slow page; what we found was the query behind it. ', 3 + g % 6),
    status, ((g::bigint * 104729) % 5000)::int,
    case when status <> 'draft' then timestamptz '2023-01-01' + g * interval '10 minutes' end
  from (select g, ${pick(status, 'g::bigint * 7')} as status from generate_series($1::int, $2::int) g) as numbered`

const insertComments = `insert into comments
  select g, ${early('$3')}, 1 + ((g::bigint * 31337) % $4::int)::int,
    'We saw the same with ' || ${pick(thing, 'g / 5')} || '; ' || ${pick(means, 'g')} || ' helped.',
    timestamptz '2023-01-01' + g * interval '3 minutes'
  from generate_series($1::int, $2::int) g`
