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
