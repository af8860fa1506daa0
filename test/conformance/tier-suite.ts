import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Clock } from '../../src/clock.js'
import type { Entry } from '../../src/entry/entry.js'
import { newId } from '../../src/entry/id.js'
import type { Tier } from '../../src/tier/tier.js'

/** A tier to judge, on a clock of its own. */
export interface TierUnderTest<V> {
  readonly tier: Tier<V>
  readonly clock: Clock
  /** A value that can be told from the others by its text. */
  valueOf(text: string): V
  textOf(value: V): string
  /** Lets this much time pass. */
  pass(ms: number): Promise<void> | void
  close(): Promise<void> | void
}

export interface TierTraits {
  /** How much earlier than written a deadline may come back, in milliseconds: clocks of two machines are compared. */
  readonly tolerance: number
  /** What is written under stamps that were softly invalidated meanwhile: readable as stale, or not kept at all. */
  readonly lateAfterSoft: 'stale' | 'gone'
  /** A namespace's stamp alone, or one of each tag too. */
  readonly stamps: 'namespace' | 'each'
}

/** What every tier does. `open` is called once; each test uses keys and tags of its own. */
export function describeTier<V>(
  name: string,
  traits: TierTraits,
  open: () => Promise<TierUnderTest<V>>,
): void {
  describe(name, () => {
    let under: TierUnderTest<V>
    let tier: Tier<V>
    let serial = 0

    beforeAll(async () => {
      under = await open()
      tier = under.tier
    }, 60_000)
    afterAll(() => under.close())

    const fresh = (prefix: string): string => `${prefix}:${++serial}`

    function entryOf(text: string, shape: Partial<Entry<V>> = {}): Entry<V> {
      const now = under.clock.now()
      const base = {
        storedAt: now,
        freshUntil: now + 30_000,
        staleUntil: now + 60_000,
        loadTime: 12,
      }
      return { ...base, value: under.valueOf(text), tags: [], id: newId(), ...shape }
    }

    /** Stores as a load does: stamps first. */
    async function store(
      key: string,
      text: string,
      shape: Partial<Entry<V>> = {},
    ): Promise<Entry<V>> {
      const entry = entryOf(text, shape)
      const stamps = await tier.stampsOf(entry.tags, 60_000)
      await tier.write(key, entry, stamps)
      return entry
    }

    /** Text of what is there, with how it stands. */
    async function look(key: string): Promise<string | undefined> {
      const entry = await tier.read(key)
      if (entry === undefined) return undefined
      const isFresh = under.clock.now() < entry.freshUntil
      return `${isFresh ? 'fresh' : 'stale'} ${under.textOf(entry.value)}`
    }

    describe('entries', () => {
      test('nothing is there at first', async () => {
        expect(await tier.read(fresh('absent'))).toBeUndefined()
      })

      test('gives back what was written, with deadlines not later than they were', async () => {
        const key = fresh('k')
        const written = await store(key, 'one', { tags: ['red', 'blue'] })
        const read = await tier.read(key)
        expect(under.textOf(read?.value as V)).toBe('one')
        expect(read).toMatchObject({ id: written.id, loadTime: 12, tags: ['red', 'blue'] })
        for (const field of ['storedAt', 'freshUntil', 'staleUntil'] as const) {
          const lost = written[field] - (read?.[field] ?? 0)
          expect(lost, field).toBeGreaterThanOrEqual(0)
          expect(lost, field).toBeLessThanOrEqual(traits.tolerance)
        }
      })

      test('a later write replaces an earlier one', async () => {
        const key = fresh('k')
        await store(key, 'one')
        await store(key, 'two')
        expect(await look(key)).toBe('fresh two')
      })

      test.each([
        ['a{b}c', 'a%7Bb%7Dc'],
        ['\u00e9', 'e\u0301'],
        ['😀', '%F0%9F%98%80'],
        ['x'.repeat(600), `${'x'.repeat(599)}y`],
        ['line\r\nbreak', 'line break'],
        ['__proto__', 'constructor'],
      ])('keys are told apart: %j and another', async (one, two) => {
        await store(one, 'one')
        await store(two, 'two')
        expect([await look(one), await look(two)]).toEqual(['fresh one', 'fresh two'])
      })

      test('reads of one moment do not mix', async () => {
        const keys = Array.from({ length: 600 }, () => fresh('many'))
        await Promise.all(keys.map((key) => store(key, key)))
        const texts = await Promise.all([...keys, ...keys].map(look))
        expect(texts).toEqual([...keys, ...keys].map((key) => `fresh ${key}`))
      })

      test('a stale entry is given, a gone one is not', async () => {
        const key = fresh('k')
        const now = under.clock.now()
        await store(key, 'one', { freshUntil: now + 250, staleUntil: now + 700 })
        expect(await look(key)).toBe('fresh one')
        await under.pass(300)
        expect(await look(key)).toBe('stale one')
        await under.pass(450)
        expect(await look(key)).toBeUndefined()
      })

      test('an entry that is gone when it is written is never given', async () => {
        const key = fresh('k')
        const now = under.clock.now()
        await store(key, 'one', { freshUntil: now - 2, staleUntil: now - 1 })
        expect(await look(key)).toBeUndefined()
      })
    })

    describe('remove and expire', () => {
      test('remove takes away these keys only', async () => {
        const keys = [fresh('k'), fresh('k'), fresh('k')]
        for (const key of keys) await store(key, 'one')
        await tier.remove([...keys.slice(0, 2), fresh('absent')])
        expect(await Promise.all(keys.map(look))).toEqual([undefined, undefined, 'fresh one'])
      })

      test('remove of no keys does nothing', async () => {
        await tier.remove([])
      })

      test('expire leaves the entry stale, all else unchanged', async () => {
        const key = fresh('k')
        const written = await store(key, 'one', { tags: ['t'] })
        await tier.expire(key)
        expect(await look(key)).toBe('stale one')
        const read = await tier.read(key)
        expect(read).toMatchObject({ id: written.id, loadTime: 12, tags: ['t'] })
        expect(written.staleUntil - (read?.staleUntil ?? 0)).toBeLessThanOrEqual(traits.tolerance)
      })

      test('expire of an absent key does nothing', async () => {
        const key = fresh('absent')
        await tier.expire(key)
        expect(await look(key)).toBeUndefined()
      })

      test('what is written after expire is fresh', async () => {
        const key = fresh('k')
        await store(key, 'one')
        await tier.expire(key)
        await store(key, 'two')
        expect(await look(key)).toBe('fresh two')
      })
    })

    describe('stamps', () => {
      test('the namespace comes first, with the empty name', async () => {
        const stamps = await tier.stampsOf([fresh('t'), fresh('t')], 1_000)
        expect(stamps[0]?.name).toBe('')
        expect(stamps).toHaveLength(traits.stamps === 'each' ? 3 : 1)
      })

      test('stay the same until something ends them, for all who ask', async () => {
        const tags = [fresh('t'), fresh('t')]
        const asked = await Promise.all([1, 2, 3].map(async () => tier.stampsOf(tags, 1_000)))
        expect(asked[1]).toEqual(asked[0])
        expect(asked[2]).toEqual(asked[0])
        expect(await tier.stampsOf(tags, 1_000)).toEqual(asked[0])
      })

      test('live as long as an entry filed under them, also when that lives longer than was asked for', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        const stamps = await tier.stampsOf(tags, 400)
        await tier.write(key, entryOf('one', { tags }), stamps)
        await under.pass(700)
        expect(await look(key)).toBe('fresh one')
      })

      test('are never shortened', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        await store(key, 'one', { tags })
        await tier.stampsOf(tags, 20)
        await under.pass(100)
        expect(await look(key)).toBe('fresh one')
      })
    })

    describe('invalidate', () => {
      test('makes all entries of a tag unusable, others not', async () => {
        const [tag, other] = [fresh('t'), fresh('t')]
        const keys = [fresh('k'), fresh('k'), fresh('k')]
        await store(keys[0] ?? '', 'one', { tags: [tag] })
        await store(keys[1] ?? '', 'two', { tags: [other, tag] })
        await store(keys[2] ?? '', 'three', { tags: [other] })
        await tier.invalidate([tag], false)
        expect(await Promise.all(keys.map(look))).toEqual([undefined, undefined, 'fresh three'])
      })

      test('soft: stale instead of unusable, until hard', async () => {
        const key = fresh('k')
        const tags = [fresh('t'), fresh('t')]
        await store(key, 'one', { tags })
        await tier.invalidate(tags.slice(1), true)
        expect(await look(key)).toBe('stale one')
        await tier.invalidate(tags.slice(1), true)
        expect(await look(key)).toBe('stale one')
        await tier.invalidate(tags, false)
        expect(await look(key)).toBeUndefined()
      })

      test('what is stored afterwards is fresh', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        for (const soft of [true, false]) {
          await store(key, 'one', { tags })
          await tier.invalidate(tags, soft)
          await store(key, `after ${soft}`, { tags })
          expect(await look(key)).toBe(`fresh after ${soft}`)
        }
      })

      test('several tags at once, some of which nobody uses', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        await store(key, 'one', { tags })
        await tier.invalidate([fresh('unused'), ...tags, fresh('unused')], false)
        expect(await look(key)).toBeUndefined()
        await tier.invalidate([fresh('unused')], true)
        await tier.invalidate([], false)
      })

      test('a value built before it and written after it is unusable', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        const stamps = await tier.stampsOf(tags, 60_000)
        const entry = entryOf('late', { tags })
        await tier.invalidate(tags, false)
        await tier.write(key, entry, stamps)
        expect(await look(key)).toBeUndefined()
        await tier.stampsOf(tags, 60_000)
        expect(await look(key)).toBeUndefined()
      })

      test('a value built before a soft one and written after it is never fresh', async () => {
        const key = fresh('k')
        const tags = [fresh('t')]
        const stamps = await tier.stampsOf(tags, 60_000)
        const entry = entryOf('late', { tags })
        await tier.invalidate(tags, true)
        await tier.write(key, entry, stamps)
        expect(await look(key)).toBe(traits.lateAfterSoft === 'stale' ? 'stale late' : undefined)
      })
    })

    describe('clear', () => {
      test('makes everything unusable, and what is stored afterwards is fresh', async () => {
        const [key, tagged] = [fresh('k'), fresh('k')]
        await store(key, 'one')
        await store(tagged, 'two', { tags: ['t'] })
        await tier.clear()
        expect(await Promise.all([key, tagged].map(look))).toEqual([undefined, undefined])
        await store(key, 'three')
        expect(await Promise.all([key, tagged].map(look))).toEqual(['fresh three', undefined])
      })

      test('a value built before it and written after it is unusable', async () => {
        const key = fresh('k')
        const stamps = await tier.stampsOf([], 60_000)
        const entry = entryOf('late')
        await tier.clear()
        await tier.write(key, entry, stamps)
        await tier.stampsOf([], 60_000)
        expect(await look(key)).toBeUndefined()
      })
    })
  })
}
