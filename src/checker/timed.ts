import { now } from './time.js'

/** One call of the driver. */
export type Timed =
  | { readonly began: number; readonly ended: number; readonly value: unknown }
  /** It rejected or threw. */
  | { readonly began: number; readonly ended: number; readonly error: unknown }
  /** There was no answer in time. */
  | { readonly began: number; readonly ended: undefined }

/**
 * Calls, and takes the time right before and right after. What comes later than `limit` milliseconds is not waited for.
 * `before` is told the begin, still before the call.
 */
export async function timed(
  call: () => Promise<unknown>,
  limit: number,
  before?: (began: number) => void,
): Promise<Timed> {
  const began = now()
  before?.(began)
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Timed>((resolve) => {
    timer = setTimeout(() => resolve({ began, ended: undefined }), limit)
  })
  try {
    return await Promise.race([answerOf(call, began), late])
  } finally {
    clearTimeout(timer)
  }
}

async function answerOf(call: () => Promise<unknown>, began: number): Promise<Timed> {
  try {
    const value = await call()
    return { began, ended: now(), value }
  } catch (error) {
    return { began, ended: now(), error }
  }
}
