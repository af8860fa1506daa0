import { setTimeout as sleep } from 'node:timers/promises'
import type { Entry } from '../../src/entry/entry.js'
import type { Stamp } from '../../src/entry/tag.js'
import type { Awaitable, Confirmation, Tier } from '../../src/tier/tier.js'

/** What goes wrong with an operation. */
export type Fault<V = unknown> =
  | { readonly kind: 'throw'; readonly error: unknown }
  | { readonly kind: 'reject'; readonly error: unknown }
  /** Milliseconds of real time before the operation. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The operation waits until the promise settles. */
  | { readonly kind: 'wait'; readonly until: Promise<unknown> }
  /** No answer ever comes; the operation is not done. */
  | { readonly kind: 'hang' }
  /** The operation is done, its answer never comes. */
  | { readonly kind: 'lose-reply' }
  /** Of reads: another value comes back. */
  | { readonly kind: 'corrupt'; readonly change: (entry: Entry<V>) => Entry<V> | undefined }

export type Operation = keyof Tier<unknown>

/** A tier whose operations go wrong as told: a wrapper of the contract, so that every tier can fail in every way. */
export class FaultyTier<V> implements Tier<V> {
  readonly #tier: Tier<V>
  readonly #faults = new Map<Operation, Fault<V>>()
  /** How often each operation was asked for. */
  readonly calls: Record<Operation, number> = {
    read: 0,
    confirm: 0,
    write: 0,
    remove: 0,
    expire: 0,
    stampsOf: 0,
    invalidate: 0,
    clear: 0,
  }

  constructor(tier: Tier<V>) {
    this.#tier = tier
  }

  /** From now on these operations (default: all) go wrong. */
  break(fault: Fault<V>, ...operations: readonly Operation[]): void {
    const names = operations.length === 0 ? (Object.keys(this.calls) as Operation[]) : operations
    for (const name of names) this.#faults.set(name, fault)
  }

  mend(...operations: readonly Operation[]): void {
    if (operations.length === 0) this.#faults.clear()
    for (const name of operations) this.#faults.delete(name)
  }

  async read(key: string): Promise<Entry<V> | undefined> {
    const entry = await this.#do('read', () => this.#tier.read(key))
    const fault = this.#faults.get('read')
    return fault?.kind === 'corrupt' && entry !== undefined ? fault.change(entry) : entry
  }

  confirm(key: string, id: string, tags: readonly string[]): Awaitable<Confirmation | undefined> {
    return this.#do('confirm', () => this.#tier.confirm(key, id, tags))
  }

  write(key: string, entry: Entry<V>, stamps: readonly Stamp[]): Awaitable<void> {
    return this.#do('write', () => this.#tier.write(key, entry, stamps))
  }

  remove(keys: readonly string[]): Awaitable<void> {
    return this.#do('remove', () => this.#tier.remove(keys))
  }

  expire(key: string): Awaitable<void> {
    return this.#do('expire', () => this.#tier.expire(key))
  }

  stampsOf(tags: readonly string[], lifetime: number): Awaitable<readonly Stamp[]> {
    return this.#do('stampsOf', () => this.#tier.stampsOf(tags, lifetime))
  }

  invalidate(tags: readonly string[], soft: boolean): Awaitable<void> {
    return this.#do('invalidate', () => this.#tier.invalidate(tags, soft))
  }

  clear(): Awaitable<void> {
    return this.#do('clear', () => this.#tier.clear())
  }

  #do<T>(name: Operation, operate: () => Awaitable<T>): Awaitable<T> {
    this.calls[name] += 1
    const fault = this.#faults.get(name)
    switch (fault?.kind) {
      case undefined:
      case 'corrupt':
        return operate()
      case 'throw':
        throw fault.error
      case 'reject':
        return Promise.reject(fault.error)
      case 'delay':
        return sleep(fault.ms).then(operate)
      case 'wait':
        return fault.until.then(operate)
      case 'hang':
        return new Promise<never>(() => {})
      case 'lose-reply':
        return Promise.resolve(operate()).then(() => new Promise<never>(() => {}))
    }
  }
}
