import { Marks } from '../../src/entry/marks.js'
import { MemoryStore, MemoryTier } from '../../src/tier/memory-tier.js'
import { ManualClock } from '../support/manual-clock.js'
import { MemoryRemote } from '../support/memory-remote.js'
import { bodyOf, textOf } from '../support/redis-tiers.js'
import { describeTier, type TierTraits, type TierUnderTest } from './tier-suite.js'

/** One clock, so nothing is lost on the way. Late after a soft invalidation: not kept, the load is simply done again. */
const memory: TierTraits = { tolerance: 0, lateAfterSoft: 'gone', stamps: 'namespace' }

/** The stand-in for Redis in unit tests, which must not know better than the real one. */
const remote: TierTraits = { tolerance: 0, lateAfterSoft: 'stale', stamps: 'each' }

function openMemory(child: string | undefined): TierUnderTest<unknown> {
  const clock = new ManualClock()
  const store = new MemoryStore({ maxEntries: 10_000, maxBytes: 2 ** 24 })
  const tier = new MemoryTier(store, child, new Marks(), { clock })
  return {
    tier,
    clock,
    valueOf: (text) => text,
    textOf: String,
    pass: (ms) => clock.advance(ms),
    close: () => {},
  }
}

describeTier('memory tier', memory, () => Promise.resolve(openMemory(undefined)))

describeTier('memory tier of a child namespace', memory, () =>
  Promise.resolve(openMemory('test.child')),
)

describeTier('memory remote, of the unit tests', remote, () => {
  const clock = new ManualClock()
  return Promise.resolve({
    tier: new MemoryRemote(clock).of('test'),
    clock,
    valueOf: bodyOf,
    textOf,
    pass: (ms: number) => clock.advance(ms),
    close: () => {},
  })
})
