/** What a server answers; bulk strings are bytes. */
export type Reply = number | Buffer | null | Status | ErrorReply | readonly Reply[]

/** `+OK` */
export class Status {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** `-WRONGTYPE ...`, without the minus. */
export class ErrorReply {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

export const OK: Status = new Status('OK')

/** The texts of Redis 7.0. */
export const ERRORS = {
  wrongType: new ErrorReply('WRONGTYPE Operation against a key holding the wrong kind of value'),
  syntax: new ErrorReply('ERR syntax error'),
  notAnInteger: new ErrorReply('ERR value is not an integer or out of range'),
  overflow: new ErrorReply('ERR increment or decrement would overflow'),
  offset: new ErrorReply('ERR offset is out of range'),
  tooLong: new ErrorReply('ERR string exceeds maximum allowed size (proto-max-bulk-len)'),
  noScript: new ErrorReply('NOSCRIPT No matching script. Please use EVAL.'),
  oom: new ErrorReply("OOM command not allowed when used memory > 'maxmemory'."),
  readOnly: new ErrorReply("READONLY You can't write against a read only replica."),
  noReplicas: new ErrorReply('NOREPLICAS Not enough good replicas to write.'),
  misconf: new ErrorReply(
    "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. Commands that may modify the data set are disabled, because this instance is configured to report errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the Redis logs for details about the RDB error.",
  ),
} as const

export function invalidExpire(command: string): ErrorReply {
  return new ErrorReply(`ERR invalid expire time in '${command}' command`)
}

export function wrongArity(command: string): ErrorReply {
  return new ErrorReply(`ERR wrong number of arguments for '${command}' command`)
}
