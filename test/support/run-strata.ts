import { Readable, Writable } from 'node:stream'
import { runCommand } from '../../src/cli/run-command.js'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A command within this process. */
export async function runStrata(
  argv: readonly string[],
  { env = {}, stdin = '' }: { env?: Record<string, string>; stdin?: string | Buffer } = {},
): Promise<Ran> {
  const [stdout, stderr] = [new Sink(), new Sink()]
  const code = await runCommand(argv, { stdin: Readable.from([stdin]), stdout, stderr, env })
  return { code, stdout: stdout.text, stderr: stderr.text }
}

class Sink extends Writable {
  text = ''

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}
