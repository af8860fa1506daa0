import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { COMMAND_NAMES, commandOf } from '../../../src/cli/commands.js'
import { runStrata } from '../../support/run-strata.js'

async function scriptFor(shell: string): Promise<string> {
  return (await runStrata(['completion', shell])).stdout
}

/** What bash offers when Tab is pressed behind these words. */
async function offered(...words: string[]): Promise<readonly string[]> {
  const script = `${await scriptFor('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_strata
printf '%s\\n' "\${COMPREPLY[@]}"`
  const argv = ['--norc', '-c', script, 'bash', 'strata', ...words]
  const { stdout, stderr } = spawnSync('bash', argv, { encoding: 'utf8' })
  expect(stderr).toBe('')
  return stdout.split('\n').filter((word) => word !== '')
}

describe('bash', () => {
  it('completes commands', async () => {
    expect(await offered('')).toEqual([...COMMAND_NAMES, '--help', '--version'])
    expect(await offered('p')).toEqual(['purge'])
  })

  it.each(COMMAND_NAMES)('completes the flags of %s', async (name) => {
    const { flags } = await commandOf(name)
    const names = [...flags.map((flag) => `--${flag.name}`), '--help']
    expect(await offered(name, '--')).toEqual(names)
  })

  it.each([
    [
      ['completion', ''],
      ['--help', 'bash', 'zsh', 'fish'],
    ],
    [['help', 'pu'], ['purge']],
    [['get', '--namespace', ''], []],
    [['get', '-n', ''], []],
    [['get', '--token-file', 'package.j'], ['package.json']],
    [['nonsense', ''], []],
  ])('completes %j with %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected)
  })
})

it.each(['zsh', 'fish'])('%s has every command and flag', async (shell) => {
  const script = await scriptFor(shell)
  for (const name of COMMAND_NAMES) {
    const { flags, summary } = await commandOf(name)
    expect(script).toContain(summary.replaceAll("'", shell === 'fish' ? "\\'" : "'\\''"))
    for (const flag of flags) {
      expect(script).toContain(shell === 'fish' ? `-l ${flag.name}` : `--${flag.name}[`)
    }
  }
  const { status, error } = spawnSync(shell, ['-n'], { input: script, encoding: 'utf8' })
  // not every machine has these shells
  if (error === undefined) expect(status).toBe(0)
})
