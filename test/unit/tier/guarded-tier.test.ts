import { beforeEach, describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/entry/entry.js'
import { Guard } from '../../../src/tier/guard.js'
import { GuardedTier } from '../../../src/tier/guarded-tier.js'
import type { Link } from '../../../src/tier/link.js'
import type { Tier } from '../../../src/tier/tier.js'
import { type Fault, FaultyTier } from '../../support/faulty-tier.js'
import { ManualClock, settle } from '../../support/manual-clock.js'

const entry: Entry<string> = {
  value: 'one',
  storedAt: 0,
  freshUntil: 1,
  staleUntil: 2,
  loadTime: 0,
  tags: [],
  id: 'aaaaaaaaaaaa',
}

/** Answers at once. */
const plain: Tier<string> = {
  read: () => entry,
  confirm: () => entry,
  write: () => {},
  remove: () => {},
  expire: () => {},
  stampsOf: () => [{ name: '', hard: 'a', soft: 'b' }],
  invalidate: () => {},
  clear: () => {},
}

const link: Link = {
  status: 'ready',
  started: Promise.resolve(),
  reason: () => undefined,
  ping: () => Promise.resolve(),
  redial: () => {},
  onChange: () => {},
}

const settings = {
  timeout: 100,
  maxInFlight: 100,
  breaker: { failures: 100, window: 1_000, halfOpenAfter: 1_000 },
}

const OPERATIONS: readonly [name: string, (tier: Tier<string>) => unknown][] = [
  ['read', (tier) => tier.read('k')],
  ['write', (tier) => tier.write('k', entry, [])],
  ['remove', (tier) => tier.remove(['k'])],
  ['expire', (tier) => tier.expire('k')],
  ['stampsOf', (tier) => tier.stampsOf([], 1)],
  ['invalidate', (tier) => tier.invalidate(['t'], false)],
  ['clear', (tier) => tier.clear()],
]

let clock: ManualClock
let guard: Guard
let faulty: FaultyTier<string>

beforeEach(async () => {
  clock = new ManualClock()
  guard = new Guard(settings, link, clock, () => {})
  faulty = new FaultyTier(plain)
  await settle()
})

describe.each(OPERATIONS)('%s', (_, operate) => {
  test('gives what the tier gives', async () => {
    const tier = new GuardedTier(guard, Promise.resolve(faulty))
    expect(await operate(tier)).toEqual(await operate(plain))
  })

  test.each<[Fault<string>, string]>([
    [{ kind: 'throw', error: new Error('thrown') }, 'connection'],
    [{ kind: 'reject', error: new Error('rejected') }, 'connection'],
    [{ kind: 'hang' }, 'timeout'],
    [{ kind: 'lose-reply' }, 'timeout'],
    [{ kind: 'wait', until: new Promise(() => {}) }, 'timeout'],
  ])('ends whatever goes wrong: %j', async (fault, reason) => {
    faulty.break(fault)
    const ended = expect(
      operate(new GuardedTier(guard, Promise.resolve(faulty))),
    ).rejects.toMatchObject({
      code: 'STRATA_TIER_UNAVAILABLE',
      reason,
    })
    await clock.advanceAsync(100)
    await ended
    faulty.mend()
    expect(await operate(new GuardedTier(guard, Promise.resolve(faulty)))).toEqual(
      await operate(plain),
    )
  })

  test('waits for a tier that is on its way, within the timeout', async () => {
    let arrive!: (tier: Tier<string>) => void
    const tier = new GuardedTier<string>(guard, new Promise((resolve) => (arrive = resolve)))
    const early = operate(tier)
    const tooEarly = expect(
      operate(new GuardedTier(guard, new Promise(() => {}))),
    ).rejects.toMatchObject({
      reason: 'timeout',
    })
    arrive(faulty)
    expect(await early).toEqual(await operate(plain))
    await clock.advanceAsync(100)
    await tooEarly
  })

  test('a tier that never comes is an outage', async () => {
    const tier = new GuardedTier<string>(guard, Promise.reject(new Error('no ioredis')))
    await expect(operate(tier)).rejects.toMatchObject({ reason: 'connection' })
  })
})
