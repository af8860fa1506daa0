import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const NATIVE = join(import.meta.dirname, '../../../native')

const hasCargo = spawnSync('cargo', ['--version'], { cwd: NATIVE }).status === 0

/** What a build of the addon for this test alone has more than the one that is published. */
interface Panicking {
  readonly NativePanics: new (panics: boolean) => { method(buffer: Buffer): number }
}

describe.skipIf(!hasCargo && process.env['STRATA_REQUIRE_NATIVE'] !== '1')(
  'a panic in Rust',
  () => {
    let folder = ''
    let addon: Panicking

    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'strata-panics-'))
      const file = join(folder, 'panics.node')
      cpSync(buildWith('panics'), file)
      const module = { exports: {} }
      process.dlopen(module, file, constants.dlopen.RTLD_NOW)
      addon = module.exports as Panicking
    }, 300_000)

    afterAll(() => {
      rmSync(folder, { recursive: true, force: true })
    })

    test('is an error of the call that ran into it, and what follows runs', () => {
      expect(() => new addon.NativePanics(true)).toThrow('in a constructor')
      const panics = new addon.NativePanics(false)
      for (let round = 0; round < 3; round++) {
        expect(() => panics.method(Buffer.alloc(7))).toThrow('in a method, with 7 bytes')
      }
    })
  },
)

/** Builds the addon with a feature, in the profile of `cargo test`. Returns the library's file. */
function buildWith(feature: string): string {
  const args = ['build', '--package', 'strata-native', '--features', feature]
  const { status, stdout, stderr } = spawnSync('cargo', [...args, '--message-format', 'json'], {
    cwd: NATIVE,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0) throw new Error(stderr)
  const messages = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Message)
  const file = messages.findLast(({ target }) => target?.name === 'strata_native')?.filenames?.[0]
  if (file === undefined) throw new Error('cargo names no library')
  return file
}

/** Of `cargo --message-format json`. */
interface Message {
  readonly target?: { readonly name: string }
  readonly filenames?: readonly string[]
}
