import { CLIENT_DEFAULTS } from '../client/settings.js'
import { readBounded } from '../service/read-bounded.js'
import type { Arguments } from './arguments.js'
import type { Flag, Io } from './command.js'
import { Failure } from './failure.js'

/** Where keys are read and written. */
export type Target = ServiceTarget | RedisTarget

export interface ServiceTarget {
  readonly kind: 'service'
  readonly url: string
  readonly adminUrl: string
  readonly token: string | undefined
  readonly namespace: string
}

export interface RedisTarget {
  readonly kind: 'redis'
  readonly url: string
  /** What the service that uses this Redis keeps everything under. */
  readonly root: string
  readonly namespace: string
}

const DATA_URL = CLIENT_DEFAULTS.url
const ADMIN_URL = 'http://127.0.0.1:7451'

export const JSON_FLAG: Flag = { name: 'json', help: 'print JSON, for programs' }

/** Of commands that ask a service. */
export const SERVICE_FLAGS: readonly Flag[] = [
  { name: 'url', value: 'URL', help: `the service (STRATA_URL, default ${DATA_URL})` },
  {
    name: 'admin-url',
    value: 'URL',
    help: `its admin listener (STRATA_ADMIN_URL, default ${ADMIN_URL})`,
  },
  { name: 'token-file', value: 'FILE', help: 'holds the token (or set STRATA_TOKEN)' },
]

/** Of commands that ask a service or go past it. */
export const TARGET_FLAGS: readonly Flag[] = [
  { name: 'namespace', short: 'n', value: 'NAME', help: 'where the key lives (default: default)' },
  ...SERVICE_FLAGS,
  {
    name: 'redis',
    value: 'URL',
    help: 'go to this Redis instead of a service; env:NAME reads the URL from there',
  },
  { name: 'root', value: 'NAME', help: 'with --redis: namespace of the service (default: strata)' },
  JSON_FLAG,
]

/** The namespace of the responses that a service with an origin keeps. */
export const RESPONSES = 'http'

/** Throws `Failure` 2 for what does not go together. `usual`: the namespace where none is said. */
export function targetOf(args: Arguments, env: Io['env'], usual = 'default'): Target {
  const namespace = args.text('namespace') ?? usual
  const redis = args.text('redis')
  const root = args.text('root')
  if (redis !== undefined) {
    const other = ['url', 'admin-url', 'token-file'].find((name) => args.text(name) !== undefined)
    if (other !== undefined)
      throw new Failure(2, `--redis goes past the service: leave --${other} out`)
    return { kind: 'redis', url: redisUrl(redis, env), root: root ?? 'strata', namespace }
  }
  if (root !== undefined) throw new Failure(2, '--root is for --redis')
  const service = serviceOf(args, env)
  const url = namespace === RESPONSES ? responsesUrl(args, env, service) : service.url
  return { ...service, url, namespace }
}

/** Before an origin the admin listener has the API: every path of the other is the origin's. */
function responsesUrl(
  args: Arguments,
  env: Io['env'],
  { url, adminUrl }: Pick<ServiceTarget, 'url' | 'adminUrl'>,
): string {
  const isAdminSaid = (args.text('admin-url') ?? env['STRATA_ADMIN_URL']) !== undefined
  const isUrlSaid = (args.text('url') ?? env['STRATA_URL']) !== undefined
  return isAdminSaid || !isUrlSaid ? adminUrl : url
}

export function serviceOf(args: Arguments, env: Io['env']): Omit<ServiceTarget, 'namespace'> {
  return {
    kind: 'service',
    url: args.text('url') ?? env['STRATA_URL'] ?? DATA_URL,
    adminUrl: trimmed(args.text('admin-url') ?? env['STRATA_ADMIN_URL'] ?? ADMIN_URL),
    token: tokenOf(args.text('token-file'), env),
  }
}

/** A URL that holds a password need not be seen by all who list processes. */
function redisUrl(said: string, env: Io['env']): string {
  const name = /^env:(\w+)$/.exec(said)?.[1]
  if (name === undefined) return said
  const url = env[name]
  if (url === undefined || url === '') throw new Failure(2, `--redis ${said}: ${name} is not set`)
  return url
}

function tokenOf(file: string | undefined, env: Io['env']): string | undefined {
  if (file === undefined) return env['STRATA_TOKEN'] === '' ? undefined : env['STRATA_TOKEN']
  let text: string
  try {
    text = readBounded(file).trim()
  } catch (error) {
    throw new Failure(2, `--token-file ${file}: ${(error as Error).message}`)
  }
  if (/^[\x21-\x7e]{1,4096}$/.test(text)) return text
  throw new Failure(2, `--token-file ${file} holds no token: one line of visible ASCII`)
}

function trimmed(url: string): string {
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw new Failure(2, `no URL: ${url}`)
  return url.replace(/\/+$/, '')
}
