import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { SERVICE_DEFAULTS } from '../../../src/service/index.js'
import { problemsOf } from '../../../src/service/read-options.js'
import { flagOf, variableOf } from '../../../src/service/setting-source.js'
import { SETTING_NAMES } from '../../../src/service/setting-table.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('service.md')
const settings = tableUnder('Setting', '')
const ofNamespaces = tableUnder('Namespace setting', 'namespaces.shop.')

function tableUnder(header: string, prefix: string) {
  return rowsUnder(doc, header).map(([name = '', value = '', range = '']) => ({
    name: codes(name)[0] ?? '',
    value,
    range,
    prefix,
  }))
}

/** Settings that must be more than the one that is tried. */
const ROOM: Readonly<Record<string, object>> = {
  'timeouts.header': { timeouts: { request: '1d' } },
  'timeouts.request': { timeouts: { header: 100 } },
}

function optionsWith(name: string, value: unknown): Record<string, unknown> {
  const [group = '', inner] = name.split('.')
  if (inner === undefined) return { [group]: value }
  const room = (ROOM[name] ?? {}) as Record<string, object>
  return { [group]: { ...room[group], [inner]: value } }
}

function accepts(name: string, value: unknown, prefix = ''): boolean {
  const own = optionsWith(name, value)
  const problems = problemsOf(prefix === '' ? own : { namespaces: { shop: own } })
  for (const problem of problems) {
    expect(problem).toBeInstanceOf(InvalidOptionError)
    expect(problem.option).toBe(`${prefix}${name}`)
  }
  return problems.length === 0
}

const UNITS: Readonly<Record<string, number>> = {
  kb: 2 ** 10,
  mb: 2 ** 20,
  gb: 2 ** 30,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** A little less than the least, or more than the most. */
function beyond(limit: unknown, step: number): number {
  const match = /^(\d+)([a-z]*)$/.exec(String(limit))
  return Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? 1) + step
}

describe('docs/service.md: settings', () => {
  it('has all of them, and no other', () => {
    expect(settings.map(({ name }) => name)).toEqual(SETTING_NAMES)
  })

  it('has the defaults', () => {
    for (const [name, value] of Object.entries(SERVICE_DEFAULTS)) {
      const row = settings.find((setting) => setting.name === name)
      const said = row?.value === 'none' ? {} : literal(codes(row?.value ?? '')[0] ?? '')
      expect([name, said]).toEqual([name, value])
    }
    for (const { name, value } of settings.filter((row) => !(row.name in SERVICE_DEFAULTS))) {
      expect([name, value]).toEqual([name, expect.stringMatching(/^none$|at most a/)])
    }
  })

  const spans = [...settings, ...ofNamespaces].filter(
    ({ range }) => range.startsWith('`') && range.includes(' .. '),
  )

  it.each(spans)('has the range of $prefix$name: $range', ({ name, range, prefix }) => {
    const [least, most] = codes(range).map(literal)
    expect(accepts(name, least, prefix)).toBe(true)
    expect(accepts(name, most, prefix)).toBe(true)
    expect(accepts(name, beyond(least, -1), prefix)).toBe(false)
    expect(accepts(name, beyond(most, 1), prefix)).toBe(false)
    for (const wrong of [null, 'nonsense', true, [], {}, Number.NaN]) {
      expect(accepts(name, wrong, prefix)).toBe(false)
    }
  })

  const choices = settings.filter(({ range }) => /^`[^`]+`, `/.test(range))

  it.each(choices)('has the choices of $name: $range', ({ name, range }) => {
    for (const code of codes(range)) expect(accepts(name, literal(code))).toBe(true)
    for (const wrong of [null, 'nonsense', 1, []]) expect(accepts(name, wrong)).toBe(false)
  })

  it.each<[string, unknown[], unknown[]]>([
    ['host', ['localhost', '127.0.0.9', '::1'], [null, '', 'a b', 1, '0.0.0.0', 'cache.example']],
    ['adminHost', ['localhost', '::1'], [null, '', 'a/b', '10.0.0.1', '::']],
    [
      'redis',
      ['redis://h', 'rediss://:p@h:6380/1', { url: 'redis://h' }],
      [null, '', 'h:6379', 'http://h', 'redis://', 6379],
    ],
    ['namespace', ['a', 'A-Z_0.9', 'x'.repeat(32)], [null, '', 'x'.repeat(33), 'a b', 1]],
    [
      'tokens',
      [[{ token: 'x'.repeat(16), scopes: ['read'] }]],
      [null, '', [], [{}], {}, '[]', '/nowhere/tokens.json'],
    ],
    ['hosts', [['a'], ['a:80', '[::1]']], [null, 'a', [], [''], ['a b'], [1]]],
    ['origin', ['http://a', 'https://a:8443'], [null, '', 'a', 'http://a/b', 'http://u:p@a', 1]],
    ['namespaces', [{}, { shop: {} }], [null, 1, [], 'shop', { _a: {} }, { 'a b': {} }]],
  ])('%s', (name, good, bad) => {
    for (const value of good) expect([value, accepts(name, value)]).toEqual([value, true])
    for (const value of bad) expect([value, isRefused(name, value)]).toEqual([value, true])
  })

  it.each<[string, unknown[], unknown[]]>([
    ['proxy', [{}, { trust: true }], [null, 1, 'x', [], { trst: true }]],
    [
      'rules',
      [{}, { '/a': true, '/b/:c': { ttl: '5m' } }],
      [null, 1, [], { a: true }, { '/a': {} }],
    ],
  ])('%s, beside an origin', (name, good, bad) => {
    const isGood = (value: unknown): boolean =>
      problemsOf({ origin: 'http://a', [name]: value }).length === 0
    for (const value of good) expect([value, isGood(value)]).toEqual([value, true])
    for (const value of bad) expect([value, isGood(value)]).toEqual([value, false])
  })

  it('tries every one', () => {
    const tried = [...spans.filter(({ prefix }) => prefix === ''), ...choices]
    const byHand = [
      'host',
      'adminHost',
      'redis',
      'namespace',
      'tokens',
      'hosts',
      'namespaces',
      'origin',
      'proxy',
      'rules',
    ]
    expect([...tried.map(({ name }) => name), ...byHand].toSorted()).toEqual(
      SETTING_NAMES.toSorted(),
    )
  })

  it('says how a name is written as a flag and in the environment', () => {
    expect(doc).toContain(`\`--${flagOf('memory.maxBytes')}\``)
    expect(doc).toContain(`\`${variableOf('memory.maxBytes')}\``)
    expect(doc).toContain(`\`${variableOf('config')}\``)
  })

  it('has no names that are the same as flags or in the environment', () => {
    expect(new Set(SETTING_NAMES.map(flagOf)).size).toBe(SETTING_NAMES.length)
    expect(SETTING_NAMES.map(flagOf)).not.toContain('config')
  })

  /** Of these the error may name a part. */
  function isRefused(name: string, value: unknown): boolean {
    const [problem] = problemsOf(optionsWith(name, value))
    return problem?.option.startsWith(name) ?? false
  }
})
