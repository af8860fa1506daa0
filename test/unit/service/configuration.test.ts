import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigFault } from '../../../src/service/config-file.js'
import { loadConfiguration } from '../../../src/service/configuration.js'
import { inForce } from '../../../src/service/in-force.js'
import { problemsOf } from '../../../src/service/read-options.js'
import type { Flags } from '../../../src/service/setting-source.js'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-config-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

let files = 0

function fileOf(text: string, name = `${++files}.yaml`): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function flags(said: Readonly<Record<string, string | boolean>>): Flags {
  return {
    flag: (name) => (typeof said[name] === 'boolean' ? said[name] : undefined),
    text: (name) => (typeof said[name] === 'string' ? said[name] : undefined),
  }
}

interface Sources {
  readonly flags?: Readonly<Record<string, string | boolean>>
  readonly env?: Readonly<Record<string, string>>
  readonly file?: string
}

function load({ flags: said = {}, env = {}, file }: Sources) {
  const config = file === undefined ? {} : { config: fileOf(file) }
  return loadConfiguration(flags({ ...config, ...said }), env)
}

function shown(sources: Sources, name: string) {
  const { settings } = inForce(load(sources))
  const { value, from } = settings.find((setting) => setting.name === name) ?? {}
  return [value, from?.replace(/^.*\//, '')]
}

function faults(sources: Sources): string[] {
  const configuration = load(sources)
  return problemsOf(configuration.options).map((problem) =>
    configuration.explain(problem).replace(`${folder}/`, ''),
  )
}

describe('where a setting is said', () => {
  const file = 'ttl: 1m\nmemory:\n  maxBytes: 2mb\nallowPublic: true\n'
  const env = { STRATA_TTL: '2m', STRATA_MEMORY_MAX_BYTES: '3mb', STRATA_ALLOW_PUBLIC: '0' }

  it.each<[string, Sources, string, unknown]>([
    [
      'in the environment, as JSON',
      { env: { STRATA_REDIS: '{"cluster":{"nodes":["a:1"]},"timeout":50}' } },
      'redis',
      ['{ cluster, timeout }', 'STRATA_REDIS'],
    ],
    ['nowhere', {}, 'ttl', ['5m', 'default']],
    ['in the file', { file }, 'ttl', ['1m', expect.stringMatching(/^\d+\.yaml:1$/)]],
    ['in the file, in a group', { file }, 'memory.maxBytes', ['2mb', expect.stringMatching(/:3$/)]],
    ['in the environment', { file, env }, 'ttl', ['2m', 'STRATA_TTL']],
    ['there in a group', { file, env }, 'memory.maxBytes', ['3mb', 'STRATA_MEMORY_MAX_BYTES']],
    ['there as off', { file, env }, 'allowPublic', [false, 'STRATA_ALLOW_PUBLIC']],
    ['as a flag', { file, env, flags: { ttl: '3m' } }, 'ttl', ['3m', '--ttl']],
    [
      'as a flag of a group',
      { file, env, flags: { 'memory-max-bytes': '4194304' } },
      'memory.maxBytes',
      ['4mb', '--memory-max-bytes'],
    ],
    [
      'as a flag that is on',
      { env, flags: { 'allow-public': true } },
      'allowPublic',
      [true, '--allow-public'],
    ],
    [
      'in a variable that is empty',
      { file, env: { STRATA_TTL: '' } },
      'ttl',
      ['1m', expect.stringMatching(/:1$/)],
    ],
  ])('%s', (_, sources, name, expected) => {
    expect(shown(sources, name)).toEqual(expected)
  })

  it('keeps the rest of a group', () => {
    const sources = { file: 'memory: { maxEntries: 7 }', flags: { 'memory-max-bytes': '1mb' } }
    expect(shown(sources, 'memory.maxEntries')).toEqual([7, expect.stringMatching(/:1$/)])
    expect(shown(sources, 'memory.maxBytes')).toEqual(['1mb', '--memory-max-bytes'])
  })

  it.each<[string, Sources, string, unknown]>([
    ['numbers', { env: { STRATA_PORT: '0' } }, 'port', 0],
    ['durations of digits, in milliseconds', { flags: { ttl: '1500' } }, 'ttl', '1500ms'],
    ['native: 0', { env: { STRATA_NATIVE: '0' } }, 'native', false],
    ['native: auto', { flags: { native: 'auto' } }, 'native', 'auto'],
    ['lists', { flags: { hosts: 'a, b:80' } }, 'hosts', ['a', 'b:80']],
    [
      'namespaces',
      { env: { STRATA_NAMESPACES: '{"shop.eu":{"ttl":"1m"}}' } },
      'namespaces',
      { 'shop.eu': { ttl: '1m', grace: undefined, quota: expect.anything() as unknown } },
    ],
    [
      'JSON in the file',
      { file: '{"ttl": "1m", "limits": {"headerFields": 9}}' },
      'limits.headerFields',
      9,
    ],
  ])('reads %s', (_, sources, name, value) => {
    expect(shown(sources, name)[0]).toEqual(value)
  })
})

describe('redis', () => {
  it.each<[Readonly<Record<string, string>>, unknown]>([
    [{ REDIS_URL: 'redis://a' }, ['redis://a', 'REDIS_URL']],
    [{ REDIS_URL: 'redis://a', STRATA_REDIS: 'redis://b' }, ['redis://b', 'STRATA_REDIS']],
    [{ REDIS_URL: 'redis://u:secret@a/1' }, ['redis://u:***@a/1', 'REDIS_URL']],
    [{ REDIS_URL: 'rediss://:secret@a?x=secret' }, ['rediss://:***@a?***', 'REDIS_URL']],
  ])('%j', (env, expected) => {
    const [value, from] = shown({ env }, 'redis')
    expect([value, from]).toEqual(expected)
  })
})

describe('tokens', () => {
  const list = [{ token: 'a-secret-of-the-tests', scopes: ['read'] }]

  it('are a file beside the configuration', () => {
    const name = fileOf(JSON.stringify(list), 'tokens.json').replace(`${folder}/`, '')
    const { options } = load({ file: `tokens: ${name}` })
    expect(options.tokens).toBe(join(folder, 'tokens.json'))
    expect(problemsOf(options)).toEqual([])
  })

  it('are in the environment, or a file that it names', () => {
    const env = { STRATA_TOKENS: JSON.stringify(list) }
    expect(load({ env }).options.tokens).toEqual(list)
    expect(shown({ env }, 'tokens')).toEqual(['1 tokens', 'STRATA_TOKENS'])
    expect(load({ env: { STRATA_TOKENS: '/a/b.json' } }).options.tokens).toBe('/a/b.json')
  })

  it('are not on the command line', () => {
    const text = JSON.stringify(list)
    const [fault, ...others] = faults({ flags: { tokens: text } })
    expect([fault, others]).toEqual([
      '--tokens must be a file, or a list of tokens, it is "something else"',
      [],
    ])
  })

  it.each([
    ['{"token": "a-secret-of-the-tests"}', /^--tokens must be a JSON file with a list of/],
    ['[{"token": "a-secret-of-the-tests"', /^--tokens must be a JSON file with a list of/],
    [
      '[{"token": "short"}]',
      /tokens-bad.json\[0\]\.token must be 16 \.\. 512 .*, it is "a text of 5 characters"$/,
    ],
    ['[{"token": "a-secret-of-the-tests", "scopes": ["reed"]}]', /\[0\]\.scopes must be a list of/],
  ])('that are wrong are not shown: %s', (text, message) => {
    const path = fileOf(text, 'tokens-bad.json')
    const [fault] = faults({ flags: { tokens: path } })
    expect(fault).toMatch(message)
    expect(fault).not.toContain('secret')
  })

  it.each([
    { env: { STRATA_TOKENS: 'a-secret-of-the-tests' } },
    { file: 'tokens: a-secret-of-the-tests' },
    { file: 'tokens:\n  - token: a.secret-of-the-tests\n    scopes: read' },
    { file: 'tokens: a.secret.of-the-tests' },
  ])('are not shown where a file is expected: %j', (sources) => {
    const [fault] = faults(sources)
    expect(fault).toMatch(/tokens/i)
    expect(fault).not.toContain('secret')
  })

  it.each(['*', '!', '@', '%', '`', '&a !', '? ', '|', '- ', '}', '"', "'", '"\\'])(
    'that YAML takes for something else are not shown: %s',
    (mark) => {
      const text = `tokens:\n  - token: ${mark}a-secret-of-the-tests\n    scopes: [read\n`
      const said = messageOf(() => load({ file: text }))
      expect(said).toMatch(/:\d+:\d+: /)
      expect(said).not.toContain('secret')
    },
  )

  it.skipIf(process.platform === 'win32')('are not read from what has no end', () => {
    expect(faults({ flags: { tokens: '/dev/zero' } })).toEqual([
      expect.stringMatching(/^--tokens must be a file that can be read: it has over 1048576 bytes/),
    ])
  })

  it('that YAML takes for an alias are not shown', () => {
    const text = 'tokens:\n  - token: *a-secret-of-the-tests\n    scopes: [read]\n'
    const said = messageOf(() => load({ file: text }))
    expect(said).toMatch(/Unresolved alias/)
    expect(said).not.toContain('secret')
  })
})

function messageOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message
  }
  throw new Error('nothing was thrown')
}

describe('what is wrong', () => {
  it('is said with its place, all at once', () => {
    const file =
      'port: 70000\nnamespaces:\n  shop:\n    ttl: an hour\nmemory: { maxBites: 1 }\nx: 1\n'
    const name = `${files + 1}.yaml`
    expect(faults({ file, env: { STRATA_MAX_KEY: 'x' }, flags: { 'max-value': '4 MB' } })).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${name}:5: memory\\.maxBites is no setting of this name; known: maxEntries, maxBytes$`,
        ),
      ),
      expect.stringMatching(
        new RegExp(`^${name}:6: x is no setting of this name; known: host, port, .*timeouts$`),
      ),
      `${name}:1: port must be a whole number, 0 .. 65535, it is 70000`,
      expect.stringMatching(/^--max-value must be bytes .*, it is "4 MB"$/),
      'STRATA_MAX_KEY must be a whole number, 1 .. 65536, it is "x"',
      expect.stringMatching(
        new RegExp(`^${name}:4: namespaces\\.shop\\.ttl must be milliseconds .*, it is "an hour"$`),
      ),
    ])
  })

  it.each<[string, Sources, string | RegExp]>([
    [
      'a group that is none',
      { file: 'memory: 5', flags: { 'memory-max-bytes': '1mb' } },
      /:1: memory must be an object, it is 5$/,
    ],
    ['nothing where something belongs', { file: 'ttl:\n' }, /:1: ttl must be .*, it is null$/],
    [
      'dots in a name',
      { file: 'memory.maxBytes: 1mb' },
      /:1: memory\.maxBytes is no setting of this name/,
    ],
    [
      'a name of the prototype',
      { file: '__proto__: { port: 1 }\n' },
      /:1: __proto__ is no setting of this name/,
    ],
    ['a name of objects', { file: 'toString: 1' }, /:1: toString is no setting of this name/],
    [
      'a namespace whose full name is too long',
      { file: `namespace: ${'x'.repeat(32)}\nnamespaces:\n  ${'y'.repeat(32)}: {}` },
      /:3: namespaces\.y+ must be so short that/,
    ],
    [
      'what does not fit',
      { file: 'timeouts: { request: 1s }' },
      /:1: timeouts\.request must be no less than timeouts\.header/,
    ],
    [
      'a part of a flag',
      { flags: { namespaces: '{"shop":{"ttl":"x"}}' } },
      /^--namespaces: namespaces\.shop\.ttl must be/,
    ],
    [
      'a flag that is no JSON',
      { flags: { namespaces: '{' } },
      /^--namespaces must be an object: namespaces by their names, it is "{"$/,
    ],
    [
      'a variable that is no JSON',
      { env: { STRATA_NAMESPACES: 'x' } },
      /^STRATA_NAMESPACES must be/,
    ],
    [
      'an on and off',
      { env: { STRATA_ALLOW_PUBLIC: 'yes' } },
      'STRATA_ALLOW_PUBLIC must be true or false, it is "yes"',
    ],
    [
      'an inline token',
      { file: 'tokens:\n  - token: secret-but-short-scope\n' },
      /:2: tokens\[0\]\.scopes must be/,
    ],
  ])('%s', (_, sources, message) => {
    const [fault, ...others] = faults(sources)
    expect(others).toEqual([])
    if (typeof message === 'string') expect(fault).toBe(message)
    else expect(fault).toMatch(message)
  })

  it.each([
    ['no YAML', 'port: [1', /:1:\d+: /],
    ['a name twice', 'port: 1\nport: 2\n', /:2:1: Map keys must be unique/],
    ['a list', '- port\n', /it must be settings by their names/],
    ['a text', 'port', /it must be settings by their names/],
    ['two documents', 'port: 1\n---\nport: 2\n', /:\d+:\d+: .*multiple documents/],
    ['a tag that is unknown', 'port: !!js/function x', /:1:\d+: Unresolved tag/],
    [
      'more than a megabyte',
      `# ${'x'.repeat(2 ** 20)}`,
      /it has \d+ bytes; at most 1048576 are read/,
    ],
    [
      'aliases of aliases',
      `${Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i === 0 ? 0 : 9)} 1]`).join('\n')}\n`,
      /Excessive alias count/,
    ],
  ])('a file that is none: %s', (_, text, message) => {
    expect(() => load({ file: text })).toThrow(ConfigFault)
    expect(() => load({ file: text })).toThrow(message)
  })

  it('an empty file says nothing', () => {
    expect(faults({ file: '' })).toEqual([])
    expect(faults({ file: '# nothing\n' })).toEqual([])
  })

  it('a variable that seems to mean a setting is warned of', () => {
    const env = { STRATA_PROT: '1', STRATA_URL: 'x', STRATA_REQUIRE_REDIS: '1', STRATA_CONFIG: '' }
    expect(load({ env }).warnings).toEqual(['STRATA_PROT is no setting; did you mean STRATA_PORT?'])
  })
})
