import fc from 'fast-check'
import { expect, test } from 'vitest'
import { LocalBus } from '../../../src/bus/local-bus.js'
import { Trust } from '../../../src/bus/trust.js'
import { Cache } from '../../../src/cache/cache.js'
import { Engine } from '../../../src/cache/engine.js'
import { parseSettings } from '../../../src/cache/settings.js'
import { Voice } from '../../../src/cache/voice.js'
import type { Lease } from '../../../src/flight/lease.js'
import { SoloLeases } from '../../../src/flight/solo-leases.js'
import type { Fill } from '../../../src/http/fill.js'
import { NativeResponses } from '../../../src/server/native-responses.js'
import { FakeNativeStore } from '../../support/fake-native-store.js'
import { ManualClock } from '../../support/manual-clock.js'
import { MemoryRemote } from '../../support/memory-remote.js'
import { get, ok, Site } from '../../support/origin.js'

type Step =
  | {
      readonly op: 'ask'
      readonly key: number
      readonly isNative: boolean
      readonly isSlow: boolean
    }
  | { readonly op: 'finish' }
  | { readonly op: 'tag' | 'soft' | 'clear' | 'evict' | 'raise' | 'prove' | 'lost' }
  | { readonly op: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('ask' as const),
      key: fc.nat(2),
      isNative: fc.boolean(),
      isSlow: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.constant({ op: 'finish' as const }) },
  {
    weight: 4,
    arbitrary: fc.record({
      op: fc.constantFrom('tag', 'soft', 'clear', 'evict', 'raise', 'prove', 'lost'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('wait' as const), ms: fc.nat(400) }) },
)

const BOUND = 500

/** As Redis does it: what was loaded under tags that have been invalidated since is refused. */
function checkingRemote(clock: ManualClock, namespace: string): MemoryRemote {
  const remote = new MemoryRemote(clock)
  const tier = remote.of(namespace)
  const solo = new SoloLeases(tier)
  remote.desk = {
    acquire: async (key, request) => {
      const grant = await solo.acquire(key, request)
      const { lease } = grant
      const fill: Lease['fill'] = async (entry, lateTags, isCurrent) => {
        const stamps = await tier.stampsOf(request.tags)
        const isSame = JSON.stringify(stamps) === JSON.stringify(lease.stamps)
        return isSame ? await lease.fill(entry, lateTags, isCurrent) : 'revoked'
      }
      return { ...grant, lease: { ...lease, fill } }
    },
  }
  return remote
}

/** Whatever happens in whatever order: what Rust answers as fresh is no older than the last invalidation that was over. */
test.each([false, true])(
  'nothing that was invalidated is answered natively (Redis: %s)',
  async (hasRedis) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const clock = new ManualClock({ now: 1_000 })
        const trust = new Trust(hasRedis ? 'publish' : 'none')
        const settings = parseSettings({
          logger: false,
          jitter: 0,
          coherence: { maxStaleness: BOUND },
        })
        const remote = hasRedis ? checkingRemote(clock, settings.namespace) : undefined
        const engine = new Engine({
          settings,
          clock,
          trust,
          bus: new LocalBus(),
          voice: new Voice(false, clock),
          remote,
          random: () => 0,
        })
        if (hasRedis) trust.raise(clock.now() + BOUND)
        const cache = new Cache(engine, engine.space(settings.namespace), settings.policy)
        const store = new FakeNativeStore(clock)
        const responses = NativeResponses.of(cache, () => store) as NativeResponses
        const site = new Site(cache)
        site.policy({ ttl: 1_000, grace: 1_000, tags: () => ['t'], key: { query: ['a'] } })
        let version = 0
        /** Older is wrong even as a stale answer; older is wrong as a fresh one. */
        let [hard, soft] = [0, 0]
        let slow: (() => void)[] = []
        const running: Promise<unknown>[] = []
        const settle = async (): Promise<void> => {
          for (let i = 0; i < 5; i++) await new Promise(setImmediate)
        }
        const check = (): void => {
          for (let key = 0; key < 3; key++) {
            const answer = store.answer(String(key))
            if (typeof answer !== 'object') continue
            const seen = Number(answer.representations[0]?.body)
            expect(seen).toBeGreaterThanOrEqual(Math.max(hard, soft))
          }
          for (const record of store.records.values()) {
            const seen = Number(record.representations[0]?.body)
            if (seen < hard) expect(store.isAnswered(record)).toBe(false)
          }
        }
        const ask = async ({ key, isNative, isSlow }: Step & { op: 'ask' }): Promise<void> => {
          const held: Promise<unknown>[] = []
          const token = isNative ? store.miss(String(key)) : 0
          let isLetGo = false
          const fill: Fill = {
            want: (namespace, name, request) => responses.want(token, [], namespace, name, request),
            hold: (until) => void (isLetGo || held.push(until.catch(() => undefined))),
            letGo: () => void (isLetGo = true),
            alone: () => undefined,
          }
          site.answer = () => {
            const body = ok(String(version))
            if (!isSlow) return body
            return new Promise((resolve) => slow.push(() => resolve(body)))
          }
          await site.ask(get(`/?a=1&b=${key}`), isNative ? { fill } : {})
          await Promise.all(held)
          responses.end(token)
        }
        for (const one of steps) {
          if (one.op === 'ask') running.push(ask(one))
          else if (one.op === 'finish') {
            for (const finish of slow) finish()
            slow = []
          } else if (one.op === 'wait') clock.advance(one.ms)
          else if (one.op === 'evict') store.evict([...store.records.keys()].at(-1) ?? 0)
          else if (one.op === 'raise') trust.raise(hasRedis ? clock.now() + BOUND : Infinity)
          else if (one.op === 'lost') {
            // another process invalidates while nothing is heard, which is found out later
            if (remote === undefined) continue
            version++
            await remote.of(settings.namespace).invalidate(['t'], false)
            trust.raise(clock.now() + BOUND)
            hard = version
          } else if (one.op === 'prove') trust.prove(clock.now(), BOUND, clock.now())
          else {
            version++
            const ended =
              one.op === 'clear'
                ? cache.clear()
                : cache.invalidateTags('t', { soft: one.op === 'soft' })
            if (one.op === 'soft') soft = version
            else hard = version
            check()
            await ended
          }
          await settle()
          check()
        }
        for (let i = 0; i < 4; i++) {
          for (const finish of slow) finish()
          slow = []
          await settle()
          check()
        }
        await Promise.all(running)
        await cache.close()
        expect(store.answer('0') ?? store.answer('1') ?? store.answer('2')).toBeUndefined()
      }),
      { numRuns: 60 },
    )
  },
)
