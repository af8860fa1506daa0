import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StrataProcess } from '../../support/strata-process.js'

let cwd = ''

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'strata-check-'))
  writeFileSync(join(cwd, 'strata.yaml'), 'ttl: 1h\nport: 1\ntokens: tokens.json\n')
  const tokens = [{ token: 'a-secret-of-the-tests', scopes: ['read'] }]
  writeFileSync(join(cwd, 'tokens.json'), JSON.stringify(tokens), { mode: 0o600 })
  writeFileSync(join(cwd, 'bad.yaml'), 'ttl: soon\nporrt: 1\n')
})

afterAll(() => {
  rmSync(cwd, { recursive: true, force: true })
})

const env = { REDIS_URL: 'redis://:secret@h', STRATA_PORT: '2', STRATA_MAXKEY: '1' }

describe('strata check', () => {
  it('shows what is in force, and where it was said', async () => {
    const args = ['check', '--config', 'strata.yaml', '--max-key', '9']
    const { code, stdout, stderr } = await StrataProcess.run(args, { cwd, env })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^setting +value +from$/m)
    expect(stdout).toMatch(/^ttl +1h +strata\.yaml:1$/m)
    expect(stdout).toMatch(/^port +2 +STRATA_PORT$/m)
    expect(stdout).toMatch(/^maxKey +9 +--max-key$/m)
    expect(stdout).toMatch(/^redis +redis:\/\/:\*\*\*@h +REDIS_URL$/m)
    expect(stdout).toMatch(/^tokens +\/.*\/tokens\.json +strata\.yaml:3$/m)
    expect(stdout).toMatch(/^grace +0 +default$/m)
    expect(stderr).toBe('warning: STRATA_MAXKEY is no setting; did you mean STRATA_MAX_KEY?\n')
    expect(stdout + stderr).not.toContain('secret')
  })

  it('shows it as JSON', async () => {
    const args = ['check', '--json', '--config', 'strata.yaml']
    const { code, stdout, stderr } = await StrataProcess.run(args, { cwd, env })
    expect([code, stderr]).toEqual([0, ''])
    expect(JSON.parse(stdout)).toMatchObject({
      settings: {
        ttl: { value: '1h', from: 'strata.yaml:1' },
        redis: { value: 'redis://:***@h', from: 'REDIS_URL' },
        hosts: { value: null, from: 'default' },
      },
      warnings: ['STRATA_MAXKEY is no setting; did you mean STRATA_MAX_KEY?'],
    })
  })

  it('says everything that is wrong, and exits with 2', async () => {
    const args = ['check', '--config', 'bad.yaml', '--port', 'x']
    const { code, stdout, stderr } = await StrataProcess.run(args, { cwd })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^strata: bad\.yaml:2: porrt is no setting of this name; known: /),
      'strata: --port must be a whole number, 0 .. 65535, it is "x"',
      expect.stringMatching(/^strata: bad\.yaml:1: ttl must be /),
    ])
    const asJson = await StrataProcess.run([...args, '--json'], { cwd })
    expect(asJson.code).toBe(2)
    expect((JSON.parse(asJson.stdout) as { faults: string[] }).faults).toHaveLength(3)
  })

  it('judges a Cluster that the file names, and shows none of its passwords', async () => {
    const nodes = "nodes: ['10.0.0.1:6379'], options: { redisOptions: { password: hush } }"
    writeFileSync(join(cwd, 'cluster.yaml'), `redis: { cluster: { ${nodes} } }\n`)
    const good = await StrataProcess.run(['check', '--config', 'cluster.yaml'], { cwd })
    expect(good.code).toBe(0)
    expect(good.stdout).toMatch(/^redis +\{ cluster \} +cluster\.yaml:1$/m)
    writeFileSync(join(cwd, 'clusters.yaml'), `redis: { clusters: { ${nodes} } }\n`)
    const bad = await StrataProcess.run(['check', '--config', 'clusters.yaml'], { cwd })
    expect(bad.code).toBe(2)
    expect(bad.stderr).toMatch(
      /^strata: clusters\.yaml:1: redis\.clusters is no option of this name/,
    )
    expect(good.stdout + good.stderr + bad.stdout + bad.stderr).not.toContain('hush')
  })

  it('judges what serve would refuse to start with', async () => {
    const { code, stderr } = await StrataProcess.run(['check', '--host', '0.0.0.0'])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^strata: --host must be an address of this machine alone/)
  })
})
