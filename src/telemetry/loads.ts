import { tracingChannel } from 'node:diagnostics_channel'
import type { LoadEvent } from '../cache/channels.js'

/** What a listener makes of each load: `end` is handed what `start` gave. */
export interface LoadListener<T> {
  start(load: LoadEvent): T
  end(begun: T, end: LoadEnd): void
}

/** `unfinished`: the listener was stopped first. A loader may throw anything, undefined included. */
export interface LoadEnd {
  readonly result: 'ok' | 'error' | 'unfinished'
  readonly error?: unknown
}

type Traced = LoadEvent & { readonly error?: unknown }

/** Listens to `strata:load`, whichever cache of the process loads. Returns how to stop. */
export function listenToLoads<T>(listener: LoadListener<T>): () => void {
  const channel = tracingChannel<unknown, LoadEvent>('strata:load')
  const running = new Map<LoadEvent, { readonly begun: T }>()

  function end(load: Traced): void {
    const one = running.get(load)
    if (one === undefined) return // began before we listened
    running.delete(load)
    listener.end(
      one.begun,
      'error' in load ? { result: 'error', error: load.error } : { result: 'ok' },
    )
  }

  const handlers = {
    start: (load: LoadEvent): void => void running.set(load, { begun: listener.start(load) }),
    // A failure before there was a promise has no asynchronous end.
    end: (load: Traced): void => {
      if ('error' in load) end(load)
    },
    asyncStart: (): void => undefined,
    asyncEnd: end,
    error: (): void => undefined,
  }
  channel.subscribe(handlers)
  return () => {
    channel.unsubscribe(handlers)
    for (const { begun } of running.values()) listener.end(begun, { result: 'unfinished' })
    running.clear()
  }
}
