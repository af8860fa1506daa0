import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Invalidation } from '../../src/bus/bus.js'
import { systemClock } from '../../src/clock.js'
import type { Body } from '../../src/entry/entry.js'
import type { LeaseRequest } from '../../src/flight/lease.js'
import type { Tier } from '../../src/tier/tier.js'
import { openStation, type Station } from '../support/bus-station.js'
import { until } from '../support/redis-server.js'

/** Where caches tell each other what they invalidate. */
export interface BusPlace {
  /**
   * `redis` of one more cache. `half`: its coherence connections go through black holes, the others do not; `mute`: as a user
   * that may not hear.
   */
  connect(way: 'straight' | 'half' | 'mute'): Promise<Access>
  /** Cuts the coherence connections of this root; how many there were. */
  cut(root: string): Promise<number>
  /** Live coherence connections of this root. */
  count(root: string): Promise<number>
  /** Whether the mute user may hear from now on. */
  allow(may: boolean): Promise<void>
  /** The coherence connections that go through a black hole now are swallowed; later ones are not. */
  swallow(): void
  close(): Promise<void>
}

export interface Access {
  readonly redis: unknown
  close(): void
}

export interface BusTraits {
  readonly transport: 'publish' | 'marker'
  /** What is said where the channel is refused. */
  readonly refusal: RegExp
}

/** Milliseconds. */
const MAX_STALENESS = 1_000

const ODD_KEYS: readonly string[] = [
  'plain',
  'a}b{c',
  '{}',
  '}',
  '%',
  '%25',
  '%7D',
  '%sha256:no',
  'x,y:z',
  ' ',
  'line\nfeed\r\n',
  'nul\0',
  'ünï → 😀',
  '__proto__',
  `long ${'é'.repeat(400)}`,
  `long {${'%'.repeat(300)}}`,
]

/** What every bus does between processes. Each test uses roots of its own. */
export function describeBus(name: string, traits: BusTraits, open: () => Promise<BusPlace>): void {
  describe(name, () => {
    const accesses: Access[] = []
    const stations: Station[] = []
    let place: BusPlace
    let serial = 0

    beforeAll(async () => {
      place = await open()
    }, 60_000)
    afterEach(async () => {
      await Promise.all(stations.splice(0).map((station) => station.close()))
      for (const access of accesses.splice(0)) access.close()
    })
    afterAll(() => place.close())

    const freshRoot = (): string => `bus${process.pid}-${++serial}`

    async function station(
      root: string,
      way: 'straight' | 'half' | 'mute' = 'straight',
      maxStaleness = 10_000,
    ): Promise<Station> {
      const access = await place.connect(way)
      accesses.push(access)
      const opened = await openStation(access.redis, root, maxStaleness)
      stations.push(opened)
      return opened
    }

    /** Everything that `teller` told so far has been heard by `listener`. */
    /** Told again and again: a connection that has just been cut may not have been noticed yet. */
    async function caughtUp(teller: Station, listener: Station, root: string): Promise<void> {
      const last = `last ${++serial}`
      const isHeard = (): boolean =>
        listener.heard.some(
          ({ invalidation }) => invalidation.kind === 'remove' && invalidation.keys.includes(last),
        )
      await until(async () => {
        await teller.tiers.of(root).remove([last])
        await sleep(20)
        return isHeard()
      }, 20_000)
    }

    const coherent = ({ trust }: Station): boolean => trust.isCoherent(systemClock.now())

    /** Without the markers of `caughtUp`; keys and tags of one call may come one by one. */
    function heardBy({ heard }: Station): Invalidation[] {
      return heard
        .flatMap(({ invalidation }): Invalidation[] => {
          if (invalidation.kind === 'remove')
            return invalidation.keys.map((key) => ({ ...invalidation, keys: [key] }))
          if (invalidation.kind === 'tags')
            return invalidation.tags.map((tag) => ({ ...invalidation, tags: [tag] }))
          return [invalidation]
        })
        .filter((one) => one.kind !== 'remove' || !one.keys[0]?.startsWith('last '))
    }

    const kinds: readonly (readonly [
      kind: string,
      does: (tier: Tier<Body>) => unknown,
      heard: readonly Invalidation[],
    ])[] = [
      [
        'removed keys',
        (tier) => tier.remove(ODD_KEYS),
        ODD_KEYS.map((key) => ({ kind: 'remove', keys: [key] })),
      ],
      [
        'expired keys',
        (tier) => Promise.all(ODD_KEYS.map(async (key) => await tier.expire(key))),
        ODD_KEYS.map((key) => ({ kind: 'expire', key })),
      ],
      [
        'tags',
        (tier) => tier.invalidate(ODD_KEYS, false),
        ODD_KEYS.map((tag) => ({ kind: 'tags', tags: [tag], soft: false })),
      ],
      [
        'soft tags',
        (tier) => tier.invalidate(ODD_KEYS, true),
        ODD_KEYS.map((tag) => ({ kind: 'tags', tags: [tag], soft: true })),
      ],
      ['a clear', (tier) => tier.clear(), [{ kind: 'clear' }]],
    ]

    test.each(kinds)('brings %s of another cache, and not of its own', async (_, does, heard) => {
      const root = freshRoot()
      const [teller, listener] = [await station(root), await station(root)]
      await does(teller.tiers.of(root))
      await caughtUp(teller, listener, root)
      expect(heardBy(listener)).toHaveLength(heard.length)
      expect(heardBy(listener)).toEqual(expect.arrayContaining([...heard]))
      expect(listener.heard.every(({ namespace }) => namespace === root)).toBe(true)
      expect(teller.heard).toEqual([])
    })

    test('brings what children of the root do, and nothing of another root', async () => {
      const root = freshRoot()
      const [teller, listener] = [await station(root), await station(root)]
      const others = [await station(`${root}x`), await station(freshRoot())]
      const child = `${root}.eu.b-1_2`
      await teller.tiers.of(child).remove(['k'])
      await teller.tiers.of(child).clear()
      await caughtUp(teller, listener, root)
      expect(listener.heard.slice(0, 2)).toEqual([
        { namespace: child, invalidation: { kind: 'remove', keys: ['k'] } },
        { namespace: child, invalidation: { kind: 'clear' } },
      ])
      for (const other of others) {
        await caughtUp(await station(root), listener, root)
        expect(other.heard).toEqual([])
      }
    })

    test.each(ODD_KEYS)('wakes who waits for the load of %j', async (key) => {
      const root = freshRoot()
      const [loading, waiting] = [await station(root), await station(root)]
      const request: LeaseRequest = {
        ttl: 60_000,
        seen: '',
        waitedFor: '',
        hasStale: false,
        tags: [],
        lifetime: 60_000,
        longest: 60_000,
        mode: 'wait',
      }
      const granted = await loading.tiers.leasesOf(root).acquire(key, request)
      const held = await waiting.tiers.leasesOf(root).acquire(key, request)
      if (granted.kind !== 'yours' || held.kind !== 'held') throw new Error('no lease')
      expect(waiting.wakes.size).toBe(1)
      const woken = held.wait(60_000)
      await granted.lease.release({ how: 'quiet' })
      await woken
      held.leave()
      expect(waiting.wakes.size).toBe(0)
    })

    test('proves again and again that it delivers', async () => {
      const root = freshRoot()
      const { trust } = await station(root, 'straight', MAX_STALENESS)
      await until(() => trust.isCoherent(systemClock.now()))
      const first = trust.coherentUntil
      await until(() => trust.coherentUntil > first)
      const second = trust.coherentUntil
      await until(() => trust.coherentUntil > second)
      const { transport, lag, epoch, lastProofAt } = trust.stats(systemClock.now(), Date.now())
      expect({ transport, epoch }).toEqual({ transport: traits.transport, epoch: 1 })
      expect(lag).toBeGreaterThan(0)
      expect(lastProofAt).toBeGreaterThan(Date.now() - 60_000)
      expect(trust.coherentUntil).toBeLessThanOrEqual(systemClock.now() + MAX_STALENESS)
    })

    test('begins another epoch when its connections were cut, and hears again', async () => {
      const root = freshRoot()
      const [teller, listener] = [await station(root), await station(root)]
      await until(() => coherent(listener) && coherent(teller))
      const { epoch } = listener.trust
      expect(await place.cut(root)).toBeGreaterThan(0)
      await until(() => listener.trust.epoch > epoch && coherent(listener), 20_000)
      await until(() => coherent(teller), 20_000)
      await caughtUp(teller, listener, root)
    })

    test('is not trusted for longer when nothing arrives, and dials anew', async () => {
      const root = freshRoot()
      const listener = await station(root, 'half', MAX_STALENESS)
      const { trust } = listener
      await until(() => coherent(listener))
      const { epoch } = trust
      place.swallow()
      const swallowedAt = systemClock.now()
      let latest = 0
      await until(() => {
        if (trust.epoch === epoch) latest = Math.max(latest, trust.coherentUntil)
        return trust.epoch > epoch
      }, 30_000)
      expect(latest).toBeLessThanOrEqual(swallowedAt + MAX_STALENESS)
      await until(() => coherent(listener), 20_000)
      await caughtUp(await station(root), listener, root)
    })

    test('says why memory is not trusted where it may not hear', async () => {
      const root = freshRoot()
      const { trust, events, tiers } = await station(root, 'mute')
      await until(() => events.some(({ type }) => type === 'not-coherent'))
      expect(coherent({ trust } as Station)).toBe(false)
      expect(trust.stats(systemClock.now(), Date.now()).reason).toMatch(traits.refusal)
      expect(events.find(({ type }) => type === 'not-coherent')).toMatchObject({
        reason: expect.stringMatching(traits.refusal),
      })
      // it tells all the same
      const listener = await station(root)
      await tiers.of(root).remove(['k'])
      await until(() => listener.heard.length > 0)
    })

    test('hears once it may', async () => {
      const root = freshRoot()
      const listener = await station(root, 'mute')
      await until(() => listener.events.some(({ type }) => type === 'not-coherent'))
      await place.allow(true)
      try {
        await until(() => coherent(listener), 20_000)
        await caughtUp(await station(root), listener, root)
      } finally {
        await place.allow(false)
      }
    })

    test('leaves no connection behind', async () => {
      const root = freshRoot()
      const one = await station(root)
      await until(async () => (await place.count(root)) > 0)
      await one.close()
      await until(async () => (await place.count(root)) === 0)
      await sleep(200) // nor dials again
      expect(await place.count(root)).toBe(0)
    })
  })
}
