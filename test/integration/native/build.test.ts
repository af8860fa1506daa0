import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const REPOSITORY = join(import.meta.dirname, '../../..')
const TSX = join(REPOSITORY, 'node_modules/tsx/dist/cli.mjs')

describe('the build of the addon where there is no cargo', () => {
  let bin = ''

  beforeAll(() => {
    bin = mkdtempSync(join(tmpdir(), 'strata-bin-'))
    symlinkSync(process.execPath, join(bin, 'node'))
  })

  afterAll(() => {
    rmSync(bin, { recursive: true, force: true })
  })

  /** Other flags of the compiler are other sources: what was built before does not count. */
  function run(script: string, env: Readonly<Record<string, string>>, ...args: string[]) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [TSX, script, ...args], {
      cwd: REPOSITORY,
      encoding: 'utf8',
      env: { PATH: bin, HOME: bin, RUSTFLAGS: '--cfg none', ...env },
    })
    return { status, printed: stdout + stderr }
  }

  test('goes on, in one line', () => {
    expect(run('scripts/build-native.ts', {})).toEqual({
      status: 0,
      printed:
        'No native listener is built: there is no cargo on the PATH; the TypeScript listener runs.\n',
    })
  })

  test('builds nothing when it is switched off', () => {
    expect(run('scripts/build-native.ts', { STRATA_NATIVE: '0' })).toEqual({
      status: 0,
      printed: 'No native listener is built: STRATA_NATIVE=0; the TypeScript listener runs.\n',
    })
  })

  test('fails where the addon is required', () => {
    for (const off of ['0', '1']) {
      const env = { STRATA_REQUIRE_NATIVE: '1', STRATA_NATIVE: off }
      expect(run('scripts/build-native.ts', env)).toEqual({
        status: 1,
        printed:
          'No native listener is built: there is no cargo on the PATH; and STRATA_REQUIRE_NATIVE=1.\n',
      })
    }
  })

  test('checks of the Rust sources are left out, or fail where the addon is required', () => {
    const printed = 'cargo fmt is left out: there is no cargo on the PATH\n'
    expect(run('scripts/cargo.ts', {}, 'fmt', '--check')).toEqual({ status: 0, printed })
    expect(run('scripts/cargo.ts', { STRATA_REQUIRE_NATIVE: '1' }, 'fmt')).toEqual({
      status: 1,
      printed,
    })
  })
})
