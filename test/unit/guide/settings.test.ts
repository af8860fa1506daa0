import { expect, it } from 'vitest'
import { settingsOf } from '../../../examples/guide/settings.js'

const names = ['memo', 'l1']
const settings = (argv: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  settingsOf(argv, env, names)

it('writes the report of a whole run only, unless it is told where', () => {
  expect(settings([]).out).toMatch(/docs.guide\.md$/)
  expect(settings(['--quick']).out).toBeUndefined()
  expect(settings(['memo']).out).toBeUndefined()
  expect(settings(['memo', '--out', 'a.md']).out).toMatch(/a\.md$/)
})

it('tells how the run was started, without the secrets of URLs', () => {
  expect(settings([]).command).toBe('npm run guide')
  const env = { DATABASE_URL: 'postgres://me:secret@db/x' }
  expect(settings(['memo', '--quick'], env).command).toBe(
    'DATABASE_URL=... npm run guide -- memo --quick',
  )
})

it.each<[readonly string[], NodeJS.ProcessEnv, string]>([
  [['l3'], {}, 'unknown row l3'],
  [['--fast'], {}, 'unknown argument --fast'],
  [['--fast'], {}, 'rows: memo, l1'],
  [['--out', 'guide.txt'], {}, '--out must be a file that ends in .md, not guide.txt'],
  [['--out'], {}, '--out must be a file that ends in .md, not nothing'],
  [[], { STRATA_GUIDE_USERS: 'many' }, 'STRATA_GUIDE_USERS must be a whole number from 1000'],
  [[], { STRATA_GUIDE_USERS: '999' }, 'STRATA_GUIDE_USERS must be a whole number from 1000'],
])('refuses %j with %j', (argv, env, message) => {
  expect(() => settings(argv, env)).toThrow(message)
})

const url = 'postgres://me:secret@db/x'
const overTcp = 'spoken over TCP and not over a Unix socket'

it.each<[NodeJS.ProcessEnv, string]>([
  [{ DATABASE_URL: 'postgres://me:secret@%2Frun%2Fpostgresql/x' }, 'DATABASE_URL must be postgres'],
  [{ DATABASE_URL: '/run/postgresql secret' }, 'DATABASE_URL must be postgres://user@host:port/'],
  [{ DATABASE_URL: 'socket:/run/postgresql?db=secret' }, 'DATABASE_URL must be postgres'],
  [{ DATABASE_URL: 'postgres:///secret' }, 'DATABASE_URL must be postgres'],
  [{ DATABASE_URL: `${url}?host=/run/postgresql` }, 'DATABASE_URL must be postgres'],
  [{ DATABASE_URL: url, REDIS_URL: '/run/secret.sock' }, 'REDIS_URL must be redis://host:port'],
  [{ DATABASE_URL: url, REDIS_URL: 'unix:///run/secret.sock' }, 'REDIS_URL must be redis'],
  [{ DATABASE_URL: url, REDIS_URL: 'rediss://:secret@redis' }, 'REDIS_URL must be redis'],
])('refuses %j: no network can be put in front of it', (env, message) => {
  expect(() => settings([], env)).toThrow(message)
  expect(() => settings([], env)).toThrow(overTcp)
  expect(() => settings([], env)).not.toThrow('secret')
})

it('takes what is spoken over TCP; and any Redis where there is no network', () => {
  for (const host of ['db', 'db:5433', '127.0.0.1', '[::1]:5432'])
    settings([], { DATABASE_URL: `postgresql://${host}/x`, REDIS_URL: 'redis://:secret@redis/2' })
  expect(settings([], { REDIS_URL: '/run/redis.sock' }).redisUrl).toBe('/run/redis.sock')
})
