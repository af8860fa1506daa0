import { Teardown } from '../demo/teardown.js'
import { Terminal } from '../demo/terminal.js'
import { reasonOf } from './reason.js'

/** What a program of the guide has from its beginning to its end. */
export interface Program {
  readonly terminal: Terminal
  /** Runs however it ends. */
  readonly teardown: Teardown
  /** Ends it, and says why: for what breaks while nobody waits for it. */
  fail(error: unknown): void
}

export interface ProgramOptions {
  /** Where it says what it does (default: standard output). */
  readonly terminal?: Terminal
  /** Its exit code after Ctrl-C (default: 130). */
  readonly interrupted?: number
}

/** Runs until `main` has done its work, something fails, or a signal comes; then tears down, and exits. */
export async function runProgram(
  main: (program: Program) => Promise<void>,
  { terminal = new Terminal(), interrupted = 130 }: ProgramOptions = {},
): Promise<void> {
  const teardown = new Teardown()
  let isEnding = false

  function end(code: number): void {
    if (isEnding) return
    isEnding = true
    terminal.status('')
    void teardown.run().then(() => process.exit(code))
  }
  function fail(error: unknown): void {
    terminal.status('')
    console.error(reasonOf(error))
    end(1)
  }

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => end(interrupted))
  try {
    await main({ terminal, teardown, fail })
    end(0)
  } catch (error) {
    // What fails because it was closed under its user's feet is no failure.
    if (!isEnding) fail(error)
  }
}
