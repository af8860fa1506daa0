import type { LoadContext } from '../cache/options.js'
import type { Duration } from '../entry/duration.js'
import { knownOptions, parseFlag } from '../entry/option.js'
import { type Facade, tell } from './facade.js'
import { lifetimeOf } from './lifetime.js'
import type { RawValue } from './manager.js'
import { parseThreshold, type Threshold } from './manager-settings.js'

/** What one call of `wrap` asks for. */
export interface WrapCall {
  readonly key: string
  readonly load: () => unknown
  readonly ttl: Duration | ((value: unknown) => number) | undefined
  readonly refreshThreshold: Threshold | undefined
  readonly raw: boolean
}

/** The third argument is a ttl or an object, as with cache-manager; only beside a ttl there is a fourth. */
export function wrapCallOf(
  key: string,
  load: () => unknown,
  ttlOrOptions: unknown,
  refreshThreshold: unknown,
): WrapCall {
  const said =
    typeof ttlOrOptions === 'object' && ttlOrOptions !== null
      ? knownOptions(ttlOrOptions, ['ttl', 'refreshThreshold', 'raw'])
      : { ttl: ttlOrOptions, refreshThreshold }
  return {
    key,
    load,
    ttl: said['ttl'] as WrapCall['ttl'],
    refreshThreshold: parseThreshold(said['refreshThreshold']),
    raw: parseFlag(said['raw'] ?? false, 'raw'),
  }
}

export async function wrap(facade: Facade, call: WrapCall): Promise<unknown> {
  const { cache, settings } = facade
  const { key, refreshThreshold = settings.refreshThreshold, raw } = call
  const run = { loaded: false }
  const load = loaderOf(facade, call, run)
  if (refreshThreshold === undefined && !raw) {
    const value = await cache.get(key, load)
    if (run.loaded) tell(facade, 'set', { key, value })
    return value
  }
  const { value, outcome, freshUntil } = await cache.read(key, load)
  if (run.loaded) tell(facade, 'set', { key, value })
  if (outcome === 'hit' && isDue(freshUntil, refreshThreshold, value)) refresh(facade, call, value)
  return raw ? ({ value, expires: freshUntil } satisfies RawValue<unknown>) : value
}

function isDue(
  freshUntil: number | undefined,
  threshold: Threshold | undefined,
  value: unknown,
): boolean {
  if (freshUntil === undefined || threshold === undefined) return false
  return freshUntil - Date.now() < (typeof threshold === 'function' ? threshold(value) : threshold)
}

/** Nobody waits for it, and of one key there is one at a time. What cannot be loaded leaves the old value where it is. */
function refresh(facade: Facade, call: WrapCall, old: unknown): void {
  const { cache, refreshing } = facade
  const { key } = call
  if (refreshing.has(key)) return
  refreshing.add(key)
  const load = loaderOf(facade, call, { loaded: false })
  void cache
    .get(key, load, { force: true })
    .then(
      (value) => tell(facade, 'refresh', { key, value }),
      (error: unknown) => tell(facade, 'refresh', { key, value: old, error }),
    )
    .finally(() => refreshing.delete(key))
}

/** The caller's function, which is given nothing, with the ttl of what it brought. */
function loaderOf(facade: Facade, call: WrapCall, run: { loaded: boolean }) {
  return async (context: LoadContext): Promise<unknown> => {
    const value = await call.load()
    run.loaded = value !== undefined
    const said = typeof call.ttl === 'function' ? call.ttl(value) : call.ttl
    const ttl = lifetimeOf(said ?? facade.settings.ttl)
    if (ttl === 0) context.skip()
    else if (ttl !== undefined) context.ttl(ttl)
    return value
  }
}
