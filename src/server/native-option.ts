import { InvalidOptionError } from '../errors.js'
import type { RouteCacheOption } from './options.js'

type Policy = Exclude<RouteCacheOption, true>

/** Takes from a route's `cache` option what is about the server and not about caching. Throws `InvalidOptionError`. */
export function splitNative(
  option: Policy,
  where: string,
): { readonly policy: Omit<Policy, 'native'>; readonly native: boolean | undefined } {
  if (typeof option !== 'object' || option === null || !('native' in option)) {
    return { policy: option, native: undefined }
  }
  const { native, ...policy } = option
  if (native === undefined || typeof native === 'boolean') return { policy, native }
  throw new InvalidOptionError(`${where}.native`, native, 'true, false')
}
