/** What went wrong, in the words of whoever said it. */
export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Whether a server said it, on a connection that stands. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError'
}
