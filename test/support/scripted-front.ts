import type {
  NativeAddress,
  NativeBinding,
  NativeConfig,
  NativeFront,
  NativeFrontStats,
  NativeStore,
} from '../../src/native/contract.js'
import { FakeNativeStore } from './fake-native-store.js'
import { ManualClock } from './manual-clock.js'
import { heardRecord, NOBODYS, type Told, toldOf } from './native-records.js'

export const NO_STATS: NativeFrontStats = {
  requests: 0,
  hits: 0,
  refused: 0,
  aborted: 0,
  overloaded: 0,
  connections: 0,
  pending: 0,
  accepted: 0,
  dropped: 0,
  panics: 0,
  unsendable: 0,
  queuedBytes: 0,
}

/** A front that says what a test lets it say, and writes down what it is told. */
export class ScriptedFront implements NativeFront {
  readonly config: NativeConfig
  readonly programs: string[]
  readonly told: Told[] = []
  /** What each call of `exchange` was told. */
  readonly batches: Told[][] = []
  stats_: NativeFrontStats = NO_STATS
  isJoined = false
  readonly #wake: () => void
  #queue: Buffer[] = []
  #onTold: () => void = () => undefined

  constructor(config: NativeConfig, program: string, wake: () => void) {
    this.config = config
    this.programs = [program]
    this.#wake = wake
  }

  /** All of it in one batch. */
  say(...records: readonly Buffer[]): void {
    const isAsleep = this.#queue.length === 0
    this.#queue.push(...records)
    if (isAsleep) setImmediate(() => this.#wake())
  }

  /** All that it was told, once it is so many records. */
  async heard(count: number): Promise<readonly Told[]> {
    while (this.told.length < count) await new Promise<void>((done) => (this.#onTold = done))
    return this.told
  }

  address(): NativeAddress {
    return { address: this.config.ip, family: 'IPv4', port: 80 }
  }

  exchange(out: Buffer, outLength: number, into: Buffer): number {
    if (this.isJoined) throw new Error('joined')
    if (out.buffer === into.buffer) throw new Error('they overlap')
    const told = toldOf(out.subarray(0, outLength))
    if (told.length > 0) this.batches.push(told)
    this.told.push(...told)
    this.#onTold()
    const bytes = Buffer.concat(this.#queue)
    this.#queue = []
    bytes.copy(into)
    return bytes.length
  }

  setProgram(program: string): void {
    this.programs.push(program)
  }

  close(): void {
    this.say(heardRecord('closed', NOBODYS))
  }

  join(): void {
    this.isJoined = true
  }

  stats(): NativeFrontStats {
    return this.stats_
  }
}

/** An addon whose fronts are scripted; `front()` is the last that was opened. */
export function scriptedBinding(): { binding: NativeBinding; front: () => ScriptedFront } {
  let last: ScriptedFront | undefined
  const binding: NativeBinding = {
    NativeStore: class extends FakeNativeStore {
      constructor() {
        super(new ManualClock())
      }
    },
    NativeFront: {
      open: (config: NativeConfig, program: string, _store: NativeStore, wake: () => void) =>
        (last = new ScriptedFront(config, program, wake)),
    },
  }
  return {
    binding,
    front: () => {
      if (last === undefined) throw new Error('none was opened')
      return last
    },
  }
}
