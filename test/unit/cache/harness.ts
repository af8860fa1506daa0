import { LocalBus } from '../../../src/bus/local-bus.js'
import type { Trust } from '../../../src/bus/trust.js'
import { Cache } from '../../../src/cache/cache.js'
import { Engine } from '../../../src/cache/engine.js'
import type { EngineOptions } from '../../../src/cache/options.js'
import { parseSettings } from '../../../src/cache/settings.js'
import { Voice } from '../../../src/cache/voice.js'
import { ManualClock, settle } from '../../support/manual-clock.js'
import { MemoryRemote } from '../../support/memory-remote.js'

/** A cache on a clock that stands still, without jitter unless the test asks for it. */
export interface Opened {
  readonly cache: Cache
  readonly clock: ManualClock
  readonly engine: Engine
  /** Errors that no caller was given. */
  readonly errors: Error[]
}

export interface OpenedTwice extends Opened {
  readonly remote: MemoryRemote
}

export interface Doubles {
  readonly random?: () => number
  readonly clock?: ManualClock
  /** Whether memory may be believed; default: always. */
  readonly trust?: Trust
  /** Whether what is in memory alone gets an identity, too. */
  readonly identities?: boolean
}

/** Memory only. */
export function openMemory(options: EngineOptions = {}, doubles: Doubles = {}): Opened {
  return open(options, doubles, undefined)
}

/** Memory over a tier that stands in for Redis. */
export function openBoth(options: EngineOptions = {}, doubles: Doubles = {}): OpenedTwice {
  const clock = doubles.clock ?? new ManualClock()
  const remote = new MemoryRemote(clock)
  return { ...open(options, { ...doubles, clock }, remote), remote }
}

/** How a test opens the cache it is about. */
export type Open = (options?: EngineOptions, doubles?: Doubles) => Opened

/** Memory only, both tiers, the second one alone: what holds for each of them. */
export const everyShape: [string, Open][] = [
  ['memory only', openMemory],
  ['both tiers', openBoth],
  ['the second tier only', (options, doubles) => openBoth({ ...options, memory: false }, doubles)],
]

/** Another process on the same second tier. */
export function openBeside(beside: OpenedTwice, options: EngineOptions = {}): OpenedTwice {
  const { clock, remote } = beside
  return { ...open(options, { clock }, remote), remote }
}

function open(options: EngineOptions, doubles: Doubles, remote: MemoryRemote | undefined): Opened {
  const clock = doubles.clock ?? new ManualClock()
  const settings = parseSettings({ logger: false, jitter: 0, dev: false, ...options })
  const voice = new Voice(settings.logger, clock)
  const { random = () => 0.5, trust, identities } = doubles
  const parts = { settings, clock, voice, random, bus: new LocalBus(), trust, identities, remote }
  const engine = new Engine(parts)
  const cache = new Cache(engine, engine.space(settings.namespace), settings.policy)
  const errors: Error[] = []
  cache.on('error', (error) => errors.push(error))
  return { cache, clock, engine, errors }
}

export interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

export function deferred<T = unknown>(): Deferred<T> {
  let resolve: (value: T) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

/** A loader that runs until it is told how to end; counts its runs. */
export interface SlowLoader<T> {
  (): Promise<T>
  readonly runs: Deferred<T>[]
}

export function slowLoader<T = unknown>(): SlowLoader<T> {
  const runs: Deferred<T>[] = []
  const load = (): Promise<T> => {
    const run = deferred<T>()
    runs.push(run)
    return run.promise
  }
  return Object.assign(load, { runs })
}

/** Where a promise stands once everything that can settle has. */
export async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending'
  promise.then(
    () => (state = 'fulfilled'),
    () => (state = 'rejected'),
  )
  await settle()
  return state
}

/** A promise that may reject before anybody looks. */
export function quiet<P extends Promise<unknown>>(promise: P): P {
  promise.catch(() => undefined)
  return promise
}

export function thrownBy(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  return undefined
}

/** What a promise rejects with; undefined if it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  return undefined
}
