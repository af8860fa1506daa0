import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { settingFlags } from '../../../src/service/config-flags.js'
import { loadConfiguration } from '../../../src/service/configuration.js'
import { problemsOf } from '../../../src/service/read-options.js'
import { variableOf } from '../../../src/service/setting-source.js'
import { SETTING_NAMES } from '../../../src/service/setting-table.js'

const FOLDER = join(import.meta.dirname, '../../../examples/service')
const VARIABLES = [...SETTING_NAMES.map(variableOf), variableOf('config')]

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8')
}

let folder = ''
let tokens = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'strata-examples-'))
  tokens = join(folder, 'tokens.json')
  writeFileSync(tokens, JSON.stringify([{ token: 'x'.repeat(16), scopes: ['read'] }]))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** What a service of the example's file and these variables would go by. */
function problems(env: Readonly<Record<string, string>>): string[] {
  const config = join(FOLDER, 'strata.yaml')
  const flags = {
    flag: () => undefined,
    text: (name: string) => (name === 'config' ? config : undefined),
  }
  const configuration = loadConfiguration(flags, env)
  return [
    ...configuration.warnings,
    ...problemsOf(configuration.options).map((problem) => configuration.explain(problem)),
  ]
}

describe('examples/service/strata.yaml', () => {
  it('is a configuration', () => {
    expect(problems({})).toEqual([])
  })
})

describe('examples/service/strata.service', () => {
  /** Values by `Section.Name`. */
  const unit = new Map<string, string[]>()
  let section = ''
  for (const line of read('strata.service').split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? []
    if (name !== undefined) section = name
    else {
      const [, key = '', value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
      expect([line, key]).not.toEqual([line, ''])
      unit.set(`${section}.${key}`, [...(unit.get(`${section}.${key}`) ?? []), value])
    }
  }

  it('starts the program with flags that it has, and reloads it by SIGHUP', () => {
    const [start = ''] = unit.get('Service.ExecStart') ?? []
    const flags = [...start.matchAll(/ --([\w-]+)/g)].map(([, name]) => name)
    expect(start).toMatch(/ strata serve /)
    expect(flags).toEqual(['config'])
    expect(settingFlags().map(({ name }) => name)).toEqual(expect.arrayContaining(flags))
    expect(unit.get('Service.ExecReload')).toEqual(['/bin/kill -HUP $MAINPID'])
    expect(unit.get('Install.WantedBy')).toEqual(['multi-user.target'])
  })

  it('sets variables that say something, and gives it time to stop', () => {
    const set = (unit.get('Service.Environment') ?? []).map((one) => one.split('=')[0])
    expect(VARIABLES).toEqual(expect.arrayContaining(set))
    expect(Number(unit.get('Service.TimeoutStopSec'))).toBeGreaterThan(15)
  })
})

describe('examples/service/Dockerfile', () => {
  const instructions = read('Dockerfile')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n/g, '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [, name = '', rest = ''] = /^([A-Z]+) +(.*)$/.exec(line) ?? []
      return { name, rest }
    })
  const of = (wanted: string) =>
    instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest)
  const env = Object.fromEntries(
    of('ENV').flatMap((rest) =>
      rest
        .trim()
        .split(/\s+/)
        .map((pair) => pair.split('=')),
    ),
  ) as Record<string, string>

  it('has instructions that Docker knows, and begins with an image of a version', () => {
    const known = [
      'FROM',
      'ARG',
      'WORKDIR',
      'RUN',
      'COPY',
      'ENV',
      'USER',
      'EXPOSE',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ]
    expect(instructions.map(({ name }) => name).filter((name) => !known.includes(name))).toEqual([])
    expect(instructions[0]).toEqual({
      name: 'FROM',
      rest: expect.stringMatching(/^node:\d\d-\S+$/) as string,
    })
    expect(of('ARG')).toEqual([`STRATA_VERSION=${manifest.version}`])
    expect(of('RUN').join()).toContain('"strata-cache@${STRATA_VERSION}"')
  })

  it('runs the program itself as nobody in particular', () => {
    expect(of('USER')).toEqual(['node'])
    expect(JSON.parse(of('ENTRYPOINT')[0] ?? '')).toEqual([
      'node',
      `node_modules/${manifest.name}/${manifest.bin.strata.slice(2)}`,
    ])
    expect(JSON.parse(of('CMD')[0] ?? '')).toEqual(['serve'])
    const check = JSON.parse(/CMD (.*)$/.exec(of('HEALTHCHECK')[0] ?? '')?.[1] ?? '') as string[]
    expect(check.slice(0, 2)).toEqual(['node', '-e'])
    expect(() => new Script(check[2] ?? '')).not.toThrow()
  })

  it('says settings that are taken, once there are tokens', () => {
    const said = Object.keys(env).filter((name) => name.startsWith('STRATA_'))
    expect(VARIABLES).toEqual(expect.arrayContaining(said))
    expect(problems({ ...env, STRATA_TOKENS: tokens })).toEqual([])
    expect(problems(env)).toEqual([
      expect.stringMatching(/^STRATA_TOKENS must be a file that can be read/),
    ])
  })
})
