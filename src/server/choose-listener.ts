import cluster from 'node:cluster'
import { NativeUnavailableError } from '../errors.js'
import { loadBinding } from '../native/binding.js'
import type { NativeBinding } from '../native/contract.js'

/** Which listener is to run, and why. */
export type Choice =
  { readonly binding: NativeBinding } | { readonly binding?: undefined; readonly why: string }

export const OFF = 'native: false'

export interface Wanted {
  readonly native: boolean | 'auto'
  readonly port: number
}

let isSaid = false

/**
 * The native listener if it is wanted and there is one. Where it is wanted if possible, and no addon loads, that is said
 * once per process: the server is slower than it should be. Rejects with `NativeUnavailableError`.
 */
export async function chooseListener({ native, port }: Wanted): Promise<Choice> {
  if (native === false) return { why: OFF }
  const unfit = whyUnfit(port)
  if (unfit !== undefined) {
    if (native === true) throw new NativeUnavailableError(unfit)
    return { why: unfit }
  }
  const { binding, reason } = await loadBinding()
  if (binding !== undefined) return { binding }
  if (native === true) throw new NativeUnavailableError(reason)
  if (!isSaid && process.env['STRATA_NATIVE'] !== '0') {
    isSaid = true
    const message = `the TypeScript listener runs: ${reason}; native: false says that it is meant to`
    process.emitWarning(message, { type: 'StrataWarning', code: 'STRATA_NATIVE' })
  }
  return { why: reason }
}

/** Workers of a cluster share a port: that of node:http by their primary, the native one by the kernel. */
function whyUnfit(port: number): string | undefined {
  if (!cluster.isWorker) return undefined
  if (process.platform !== 'linux')
    return 'the workers of a cluster share a port natively on Linux only'
  return port === 0 ? 'the workers of a cluster share no port 0 natively' : undefined
}
