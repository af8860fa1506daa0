export interface Settings {
  /** `--once`: measure, freeze Redis once, print, end. */
  readonly once: boolean
  readonly rows: number
  readonly port: number
  readonly dataDirectory: string
  readonly databaseUrl: string | undefined
  readonly redisUrl: string | undefined
}

const usage = `npm run demo            measure, then stay up with a page that shows it live
npm run demo -- --once  measure, freeze Redis for two seconds, end

DATABASE_URL      a PostgreSQL of yours            (default: an embedded one)
REDIS_URL         a Redis of yours                 (default: a child redis-server, if one is installed)
PORT              of the page                      (default: 3002)
STRATA_DEMO_ROWS  posts in the database            (default: 100000)
STRATA_DEMO_DATA  where the embedded one is kept   (default: .data)
`

/** The command line and the environment, read once. */
export function settingsOf(argv: readonly string[], env: NodeJS.ProcessEnv): Settings {
  const unknown = argv.find((argument) => argument !== '--once')
  if (unknown !== undefined) throw new Error(`unknown argument ${unknown}\n\n${usage}`)
  return {
    once: argv.includes('--once'),
    rows: numberOf('STRATA_DEMO_ROWS', env['STRATA_DEMO_ROWS'] ?? '100000', 100, 5_000_000),
    port: numberOf('PORT', env['PORT'] ?? '3002', 0, 65_535),
    dataDirectory: env['STRATA_DEMO_DATA'] || '.data',
    databaseUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
  }
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= min && number <= max) return number
  throw new Error(`${name} must be a whole number from ${min} to ${max}, not ${text}`)
}
