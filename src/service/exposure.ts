import { isIPv6 } from 'node:net'
import { InvalidOptionError } from '../errors.js'
import type { ServiceSettings } from './service-settings.js'

/** Who can reach a listener, and by which names. */

/** Whether a host to listen on is this machine only. Names, but for localhost, may resolve to anything. */
export function isLoopback(host: string): boolean {
  const lower = host.toLowerCase()
  return lower === 'localhost' || lower === '::1' || /^127(?:\.\d{1,3}){3}$/.test(lower)
}

/** What its data listener answers is the origin's, for whom it is to be asked. */
function isProxy({ origin }: ServiceSettings): boolean {
  return origin !== undefined
}

/** Throws `InvalidOptionError`: it would be for everybody, and nobody said that it should be. */
export function assertGuarded(settings: ServiceSettings): void {
  if (settings.tokens !== undefined || settings.allowPublic) return
  for (const name of ['host', 'adminHost'] as const) {
    if (isLoopback(settings[name]) || (name === 'host' && isProxy(settings))) continue
    const allowed =
      'an address of this machine alone, unless there are tokens or allowPublic says that all may come'
    throw new InvalidOptionError(name, settings[name], allowed)
  }
}

/**
 * Names that a listener answers to. Without tokens a web page could come to it by a name of its own that resolves to this
 * machine: there it answers to the names that this machine has for itself.
 */
export function hostsOf(
  which: 'host' | 'adminHost',
  settings: ServiceSettings,
): readonly string[] | undefined {
  const host = settings[which]
  if (which === 'host' && isProxy(settings)) return settings.hosts
  if (settings.hosts !== undefined) return settings.hosts
  if (settings.tokens !== undefined || !isLoopback(host)) return undefined
  return [...new Set(['localhost', '127.0.0.1', '[::1]', isIPv6(host) ? `[${host}]` : host])]
}
