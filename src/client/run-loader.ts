import { LoadTimeoutError } from '../errors.js'
import type { ClientLoadContext } from './client.js'

export type Loader = (context: ClientLoadContext) => unknown

/** The loader's value. Its late one, after `timeout` ms, is nobody's any more. */
export async function runLoader(
  load: Loader,
  key: string,
  timeout: number | undefined,
  signal: AbortSignal,
): Promise<unknown> {
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    if (timeout === undefined) return
    timer = setTimeout(() => {
      const error = new LoadTimeoutError(key, timeout)
      reject(error)
      controller.abort(error)
    }, timeout)
  })
  try {
    const run = async (): Promise<unknown> => load({ key, signal: controller.signal })
    return await Promise.race([run(), late])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
