import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assertTcpUrl, postgresOverTcp, redisOverTcp } from './network/tcp-url.js'

export interface Settings {
  /** Names of the rows to run; none = all. */
  readonly rows: readonly string[]
  /** Shorter, less exact contests. */
  readonly quick: boolean
  /** Where the report goes, its charts into the folder of the same name; absent = it is only printed. */
  readonly out: string | undefined
  /** What a user types for this run. */
  readonly command: string
  readonly users: number
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
}

const report = fileURLToPath(new URL('../../docs/guide.md', import.meta.url))

const usageOf = (
  names: readonly string[],
) => `npm run guide                    all rows; writes docs/guide.md and its charts
npm run guide -- ROW...          some rows; prints
npm run guide -- --quick         shorter contests; prints
npm run guide -- --out FILE      writes the report to FILE, and its charts to the folder of the same name

rows: ${names.join(', ')}

DATABASE_URL        a PostgreSQL of yours, over TCP       (default: an embedded one, without a network)
REDIS_URL           a Redis of yours                      (default: a child redis-server, if one is installed)
STRATA_GUIDE_USERS  users in the database, and as many posts (default: 100000)
STRATA_GUIDE_DATA   where the embedded one is kept        (default: .data)
`

/** The command line and the environment, read once. `names` are those of the rows there are. */
export function settingsOf(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  names: readonly string[],
): Settings {
  const rows: string[] = []
  let quick = false
  let out: string | undefined
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? ''
    if (argument === '--quick') quick = true
    else if (argument === '--out') out = fileOf(argv[++i])
    else if (names.includes(argument)) rows.push(argument)
    else {
      const what = argument.startsWith('-') ? 'argument' : 'row'
      throw new Error(`unknown ${what} ${argument}\n\n${usageOf(names)}`)
    }
  }
  const isWhole = rows.length === 0 && !quick
  const databaseUrl = env['DATABASE_URL'] || undefined
  const redisUrl = env['REDIS_URL'] || undefined
  // The embedded database has no network in front of it, and then Redis has none either.
  if (databaseUrl) assertTcpUrl('DATABASE_URL', databaseUrl, postgresOverTcp)
  if (databaseUrl && redisUrl) assertTcpUrl('REDIS_URL', redisUrl, redisOverTcp)
  return {
    rows,
    quick,
    out: out ?? (isWhole ? report : undefined),
    command: commandOf(argv, env),
    users: usersOf(env['STRATA_GUIDE_USERS'] ?? '100000'),
    dataDirectory: env['STRATA_GUIDE_DATA'] || '.data',
    databaseUrl,
    redisUrl,
  }
}

/** Without what stands in the URLs: passwords, and names of machines. */
function commandOf(argv: readonly string[], env: NodeJS.ProcessEnv): string {
  const given = ['DATABASE_URL', 'REDIS_URL'].filter((name) => env[name])
  const settings = given.map((name) => `${name}=...`)
  return [...settings, 'npm run guide', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ')
}

function fileOf(text = 'nothing'): string {
  if (text.endsWith('.md')) return resolve(text)
  throw new Error(`--out must be a file that ends in .md, not ${text}`)
}

export function usersOf(text: string): number {
  const users = Number(text)
  if (Number.isInteger(users) && users >= 1_000 && users <= 5_000_000) return users
  throw new Error(`STRATA_GUIDE_USERS must be a whole number from 1000 to 5000000, not ${text}`)
}
