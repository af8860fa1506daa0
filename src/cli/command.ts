import type { Arguments } from './arguments.js'

/** 0 done, 1 not found or failed, 2 usage, 3 no connection, 4 refused. */
export type ExitCode = 0 | 1 | 2 | 3 | 4

/** What a command may touch of the process. */
export interface Io {
  readonly stdin: NodeJS.ReadableStream
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Flag {
  /** Without dashes: `max-value`. */
  readonly name: string
  /** One letter: `h` for `-h`. */
  readonly short?: string | undefined
  /** What a value is called in the help: `URL`. Without it the flag is on or, as `--no-name`, off. */
  readonly value?: string | undefined
  /** One line. */
  readonly help: string
}

/** A command is a file of its own, named after it, and a line in `commands.ts`. */
export interface Command {
  readonly name: string
  /** One line for `strata help`. */
  readonly summary: string
  /** What follows `strata NAME`, beside flags: `NAMESPACE/KEY`. */
  readonly usage?: string | undefined
  /** How many arguments that are no flags; default none. */
  readonly arguments?: { readonly min: number; readonly max: number } | undefined
  readonly flags: readonly Flag[]
  /** What the help says below the flags: examples, exit codes of its own. */
  readonly details?: string | undefined
  /** Throws `Failure` to end with a message and a code. */
  run(args: Arguments, io: Io): Promise<ExitCode>
}
