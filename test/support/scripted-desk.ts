import type { Cancel } from '../../src/clock.js'
import type { Body, Entry } from '../../src/entry/entry.js'
import { TierUnavailableError, type TierFailure } from '../../src/errors.js'
import type { Ending, Grant, Lease, LeaseDesk, LeaseRequest } from '../../src/flight/lease.js'
import { SoloLeases } from '../../src/flight/solo-leases.js'
import type { MemoryRemote } from './memory-remote.js'

/** What the desk is to answer: a grant, why it gives none, or a lease whose fill ends so. */
export type Answer =
  | Exclude<Grant, { kind: 'yours' }>
  | { readonly kind: 'unavailable'; readonly reason: TierFailure }
  | { readonly kind: 'yours'; readonly fill?: 'revoked' | TierFailure; readonly held?: boolean }

/** Gives leases as it is told to, then to everybody who asks; writes down what it is asked and told. */
export class ScriptedDesk implements LeaseDesk {
  readonly requests: ({ readonly key: string } & LeaseRequest)[] = []
  readonly endings: Ending[] = []
  readonly waits: ScriptedWait[] = []
  /** Keys of the values that were stored through a lease. */
  readonly filled: string[] = []
  readonly #remote: MemoryRemote
  readonly #answers = new Map<string, Answer[]>()
  #gate: Promise<void> | undefined

  constructor(remote: MemoryRemote) {
    this.#remote = remote
    remote.desk = this
  }

  /** The next answers for a key, in this order. */
  script(key: string, ...answers: readonly Answer[]): void {
    this.#answers.set(key, [...(this.#answers.get(key) ?? []), ...answers])
  }

  /** Somebody else loads, and has so many milliseconds left. */
  held(token: string, left = 2_000): Answer {
    const wait = new ScriptedWait(this.#remote)
    this.waits.push(wait)
    return {
      kind: 'held',
      token,
      left,
      wait: (ms) => wait.until(ms),
      leave: () => {
        wait.left++
      },
    }
  }

  /** Answers nothing until the returned function is called. */
  holdAnswers(): () => void {
    let open = (): void => {}
    this.#gate = new Promise((resolve) => {
      open = resolve
    })
    return open
  }

  async acquire(key: string, request: LeaseRequest): Promise<Grant> {
    this.requests.push({ key, ...request })
    await this.#gate
    const answer = this.#answers.get(key)?.shift() ?? { kind: 'yours' }
    if (answer.kind === 'unavailable') throw failed(answer.reason)
    if (answer.kind !== 'yours') return answer
    const { lease } = await new SoloLeases(this.#remote.of('default')).acquire(key, request)
    return { kind: 'yours', lease: this.#noted(key, lease, answer) }
  }

  #noted(key: string, lease: Lease, { fill, held = true }: Answer & { kind: 'yours' }): Lease {
    return {
      stamps: lease.stamps,
      fill: async (entry: Entry<Body>, late, isCurrent) => {
        if (fill === 'revoked') return 'revoked'
        if (fill !== undefined) throw failed(fill)
        const written = await lease.fill(entry, late, isCurrent)
        if (written === 'filled') this.filled.push(key)
        return written
      },
      release: (ending) => {
        this.endings.push(ending)
        return Promise.resolve(held)
      },
      lapse: () => {},
    }
  }
}

/** One who waits for the end of another's load. */
export class ScriptedWait {
  /** Milliseconds it wanted to wait. */
  ms: number | undefined
  left = 0
  readonly #remote: MemoryRemote
  #wake = (): void => {}
  #cancel: Cancel | undefined

  constructor(remote: MemoryRemote) {
    this.#remote = remote
  }

  until(ms: number): Promise<void> {
    this.ms = ms
    return new Promise((resolve) => {
      this.#wake = resolve
      this.#cancel = this.#remote.clock.after(ms, resolve)
    })
  }

  wake(): void {
    this.#cancel?.()
    this.#wake()
  }
}

function failed(reason: TierFailure): TierUnavailableError {
  return new TierUnavailableError(reason, `${reason} as told`)
}
