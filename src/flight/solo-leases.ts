import type { Body, Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'
import type { Grant, Lease, LeaseDesk, LeaseRequest } from './lease.js'

/** What a lease writes through. */
export interface LeaseStore {
  stampsOf(tags: readonly string[], lifetime: number): readonly Stamp[] | Promise<readonly Stamp[]>
  write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): void | Promise<void>
}

/**
 * Leases that nobody else can hold or revoke: for values that replace whatever is there (`set`), and where there are no
 * other processes.
 */
export class SoloLeases implements LeaseDesk {
  readonly #store: LeaseStore

  constructor(store: LeaseStore) {
    this.#store = store
  }

  async acquire(
    key: string,
    { tags, lifetime }: Pick<LeaseRequest, 'tags' | 'lifetime'>,
  ): Promise<Grant & { readonly kind: 'yours' }> {
    const stamps = await this.#store.stampsOf(tags, lifetime)
    const lease: Lease = {
      stamps,
      fill: async (entry, lateTags, isCurrent) => {
        const late = lateTags.length === 0 ? [] : await this.#lateStamps(lateTags, entry)
        if (!isCurrent()) return 'revoked'
        await this.#store.write(key, entry, late.length === 0 ? stamps : [...stamps, ...late])
        return 'filled'
      },
      release: () => Promise.resolve(true),
      lapse: () => {},
    }
    return { kind: 'yours', lease }
  }

  async #lateStamps(tags: readonly string[], entry: Entry<Body>): Promise<readonly Stamp[]> {
    const stamps = await this.#store.stampsOf(tags, entry.staleUntil - entry.storedAt)
    return stamps.filter((stamp) => stamp.name !== '')
  }
}
