import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import { runCommand } from '../../../src/cli/run-command.js'

async function strata(...argv: string[]) {
  const stdout = new Sink()
  const stderr = new Sink()
  const code = await runCommand(argv, { stdin: process.stdin, stdout, stderr, env: {} })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

class Sink extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

describe('strata', () => {
  it.each([['help'], ['--help'], ['-h']])('%s shows every command, on stdout', async (word) => {
    const { code, stdout, stderr } = await strata(word)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: strata COMMAND')
    expect(stdout).toMatch(/^ {2}help +Show/m)
  })

  it('without a command shows the same, and is a usage error', async () => {
    expect(await strata()).toMatchObject({ code: 2, stdout: (await strata('help')).stdout })
  })

  it('tells its version', async () => {
    expect(await strata('--version')).toEqual({
      code: 0,
      stdout: `${manifest.version}\n`,
      stderr: '',
    })
  })

  it('tells of one command, asked either way', async () => {
    const asked = await strata('help', 'help')
    expect(asked).toMatchObject({ code: 0, stderr: '' })
    expect(asked.stdout).toContain('Usage: strata help [COMMAND]')
    expect(await strata('help', '--help')).toEqual(asked)
    expect(await strata('help', 'too', 'many', '-h')).toEqual(asked)
  })

  it.each([
    [['hepl'], "unknown command 'hepl'; did you mean help?"],
    [['constructor'], "unknown command 'constructor'"],
    [['help', 'hepl'], "unknown command 'hepl'; did you mean help?"],
    [['help', '--hepl'], 'unknown flag --hepl; did you mean --help?'],
    [['help', '-x'], 'unknown flag -x'],
    [['help', '--help=1'], '--help takes no value'],
    [['help', 'a', 'b'], "unexpected argument 'b'"],
  ])('%j is a usage error: %s', async (argv, message) => {
    const { code, stdout, stderr } = await strata(...argv)
    expect([code, stdout, stderr.split('\n')[0]]).toEqual([2, '', `strata: ${message}`])
    expect(stderr).toMatch(/^See strata (help|help --help)\.$/m)
  })
})
