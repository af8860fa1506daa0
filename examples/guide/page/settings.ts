import type { AppSettings } from '../app/open-parts.js'
import { usersOf } from '../settings.js'

export interface ServeSettings extends AppSettings {
  readonly port: number
}

const usage = `npm run guide:app

PORT                of the page                           (default: 3001)
DATABASE_URL        a PostgreSQL of yours                 (default: an embedded one, without a network)
REDIS_URL           a Redis of yours                      (default: a child redis-server, if one is installed)
STRATA_GUIDE_USERS  users in the database, and as many posts (default: 100000)
STRATA_GUIDE_DATA   where the embedded one is kept        (default: .data)
`

/** The command line and the environment, read once. */
export function serveSettingsOf(argv: readonly string[], env: NodeJS.ProcessEnv): ServeSettings {
  if (argv.length > 0) throw new Error(`unknown argument ${argv[0]}\n\n${usage}`)
  return {
    port: portOf(env['PORT'] ?? '3001'),
    users: usersOf(env['STRATA_GUIDE_USERS'] ?? '100000'),
    dataDirectory: env['STRATA_GUIDE_DATA'] || '.data',
    databaseUrl: env['DATABASE_URL'] || undefined,
    redisUrl: env['REDIS_URL'] || undefined,
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (text !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new Error(`PORT must be a whole number from 0 to 65535, not ${text}`)
}
