import type { ExitCode } from './command.js'

/** Ends a command: one line on stderr, and the code. */
export class Failure extends Error {
  readonly code: ExitCode
  /** For usage errors: the command whose help tells more. */
  readonly see: string | undefined

  constructor(code: ExitCode, message: string, see?: string) {
    super(message)
    this.name = 'Failure'
    this.code = code
    this.see = see
  }
}
