import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describeNative } from '../../support/native.js'

const REPOSITORY = join(import.meta.dirname, '../../..')

/** `npm run build` writes them anew when a source of the addon has changed. */
const GENERATED = ['native/index.js', 'native/index.d.ts']

describeNative('the loader and the typings of the addon', () => {
  test('are in git as the build writes them', () => {
    // against the index: `git add` is enough while working
    const { stdout } = spawnSync('git', ['diff', '--stat', '--', ...GENERATED], {
      cwd: REPOSITORY,
      encoding: 'utf8',
    })
    expect(stdout, 'commit what the build has changed').toBe('')
  })
})
