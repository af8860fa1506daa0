import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../support/redis-server.js'
import { StrataProcess } from '../../support/strata-process.js'

const WRITER = 'writer-0123456789'
const READER = 'reader-0123456789'
const ADMIN = 'admin-0123456789'

describe('strata and a service with tokens', () => {
  let service: StrataProcess
  let folder = ''
  let addresses: Record<string, string> = {}

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'strata-cli-'))
    const tokens = join(folder, 'tokens.json')
    writeFileSync(
      tokens,
      JSON.stringify([
        { token: WRITER, scopes: ['read', 'write', 'purge'], namespaces: ['shop'] },
        { token: READER, scopes: ['read'] },
        { token: ADMIN, scopes: ['admin'] },
      ]),
    )
    service = new StrataProcess(['serve', '--port', '0', '--admin-port', '0', '--tokens', tokens])
    const { data, admin } = await service.listening()
    addresses = {
      STRATA_URL: `http://127.0.0.1:${data}`,
      STRATA_ADMIN_URL: `http://127.0.0.1:${admin}`,
    }
  })

  afterAll(async () => {
    await service.kill()
    rmSync(folder, { recursive: true, force: true })
  })

  const strata = (token: string, ...args: string[]) =>
    StrataProcess.run(args, { env: { ...addresses, STRATA_TOKEN: token } })

  it('stores, reads, explains and purges', async () => {
    const set = await strata(WRITER, 'set', '-n', 'shop', 'a/b', '{"x":1}', '--tag', 't')
    expect(set).toMatchObject({ code: 0, stderr: '' })
    expect(await strata(READER, 'get', '-n', 'shop', 'a/b')).toEqual({
      code: 0,
      stdout: '{"x":1}\n',
      stderr: '',
    })
    const inspected = await strata(ADMIN, 'inspect', '-n', 'shop', 'a/b')
    expect(inspected).toMatchObject({ code: 0, stderr: '' })
    expect(inspected.stdout).toMatch(/^memory +hit: stored \d+\w+ ago, fresh for 4m \d+s more$/m)
    expect(inspected.stdout).toMatch(/^value +application\/json, about .*\n +\{"x":1\}$/m)

    expect(await strata(WRITER, 'purge', '-n', 'shop', '--tag', 't')).toMatchObject({ code: 0 })
    const explained = await strata(ADMIN, 'explain', '-n', 'shop', 'a/b')
    expect(explained).toMatchObject({ code: 0, stderr: '' })
    expect(explained.stdout).toMatch(/^a get +a miss: the loader would run$/m)
    expect(await strata(READER, 'get', '-n', 'shop', 'a/b')).toMatchObject({ code: 1 })
  })

  it('a condition is judged there', async () => {
    const args = ['set', '-n', 'shop', 'once', '1', '--if-absent']
    expect((await strata(WRITER, ...args)).code).toBe(0)
    expect(await strata(WRITER, ...args)).toMatchObject({
      code: 4,
      stdout: '',
      stderr: 'strata: not stored: the condition does not hold\n',
    })
  })

  it.each([
    ['no token', '', ['get', 'a', '-n', 'shop'], 4, /give a token with --token-file/],
    ['a wrong token', 'nobody-0123456789', ['get', 'a', '-n', 'shop'], 4, /give a token/],
    ['one that may not write', READER, ['set', 'a', '1', '-n', 'shop'], 4, /does not allow/],
    ['one of another namespace', WRITER, ['get', 'a', '-n', 'other'], 4, /does not allow/],
    ['one that may not inspect', READER, ['inspect', 'a', '-n', 'shop'], 4, /does not allow/],
    ['a reserved key', WRITER, ['set', '_a', '1', '-n', 'shop'], 4, /reserved/],
  ])('with %s', async (_, token, args, expected, message) => {
    const { code, stdout, stderr } = await strata(token, ...args)
    expect([code, stdout]).toEqual([expected, ''])
    expect(stderr).toMatch(message)
    expect(stderr.split('\n')).toHaveLength(2)
    if (token !== '') expect(stderr).not.toContain(token)
  })

  it('doctor checks both listeners', async () => {
    const { code, stdout } = await strata(ADMIN, 'doctor', '-n', 'shop')
    expect(stdout).toMatch(/^service +ok +http/m)
    expect(stdout).toMatch(/^admin +ok +http.* ready/m)
    expect(code).toBe(0)
    const without = await strata(READER, 'doctor', '-n', 'shop')
    expect(without.stdout).toMatch(/^admin +warn .*forbidden/m)
  })
})

it('without a service every command is code 3 and says what to do', async () => {
  const url = `http://127.0.0.1:${await freePort()}`
  const env = { STRATA_URL: url, STRATA_ADMIN_URL: url }
  const runs = await Promise.all(
    [
      ['get', 'a'],
      ['set', 'a', '1'],
      ['purge', '--all'],
      ['inspect', 'a'],
      ['explain', 'a'],
    ].map((args) => StrataProcess.run(args, { env })),
  )
  for (const { code, stdout, stderr } of runs) {
    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toBe(
      `strata: nothing listens on ${url}; start a service with 'strata serve', name another with --url, or read Redis directly with --redis\n`,
    )
  }
})
