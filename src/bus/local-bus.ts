import type { Bus, Invalidation, Listener, Origin } from './bus.js'

/** The bus within one process: delivered at once, before `announce` returns. */
export class LocalBus implements Bus {
  readonly #listeners = new Set<Listener>()

  announce(namespace: string, invalidation: Invalidation, origin: Origin = 'own'): void {
    for (const listener of this.#listeners) listener(namespace, invalidation, origin)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
