import type { Bus, BusStats, Invalidation, Listener } from './bus.js'

/** The bus of one process: delivered at once, before `announce` returns. */
export class LocalBus implements Bus {
  readonly #listeners = new Set<Listener>()

  announce(namespace: string, invalidation: Invalidation): void {
    for (const listener of this.#listeners) listener(namespace, invalidation)
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stats(): BusStats {
    return { transport: 'local', coherent: true, lastProofAt: undefined, reason: undefined }
  }
}
