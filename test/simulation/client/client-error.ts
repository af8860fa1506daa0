/** The errors of ioredis that programs tell apart by their names. */
export class ReplyError extends Error {
  override readonly name = 'ReplyError'
}

export class MaxRetriesPerRequestError extends Error {
  override readonly name = 'MaxRetriesPerRequestError'

  constructor(most: number) {
    super(
      `Reached the max retries per request limit (which is ${most}). Refer to "maxRetriesPerRequest" option for details.`,
    )
  }
}

export const closed = (): Error => new Error('Connection is closed.')
