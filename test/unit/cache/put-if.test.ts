import { describe, expect, test } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { type Condition, put, remove } from '../../../src/cache/handle.js'
import { TierUnavailableError } from '../../../src/errors.js'
import { everyShape, openBeside, openBoth, openMemory, rejectionOf } from './harness.js'

const ABSENT: Condition = { kind: 'absent' }
const PRESENT: Condition = { kind: 'present' }
const is = (...ids: string[]): Condition => ({ kind: 'is', ids })
const OTHER = 'AAAAAAAAAAAA'

const idOf = async (cache: Cache): Promise<string> => (await cache.read('k')).id ?? ''

describe.each(everyShape)('a write with a condition (%s)', (_, openShape) => {
  const open = () => openShape({ ttl: '1m', grace: '1m' }, { identities: true })

  /** Ways to leave something, or nothing, under the key; then whether a read finds it. */
  const states: readonly [
    string,
    (opened: ReturnType<typeof open>) => Promise<unknown>,
    boolean,
  ][] = [
    ['nothing', () => Promise.resolve(), false],
    ['a value', ({ cache }) => cache.set('k', 1), true],
    ['null', ({ cache }) => cache.set('k', null), true],
    ['a value of a tag', ({ cache }) => cache.set('k', 1, { tags: ['t'] }), true],
    [
      'a stale value',
      async ({ cache, clock }) => {
        await cache.set('k', 1)
        clock.advance(60_000)
      },
      false,
    ],
    [
      'an expired value',
      async ({ cache }) => {
        await cache.set('k', 1)
        await cache.expire('k')
      },
      false,
    ],
    [
      'a value whose tag was invalidated',
      async ({ cache }) => {
        await cache.set('k', 1, { tags: ['t'] })
        await cache.invalidateTags('t')
      },
      false,
    ],
    [
      'a value whose tag was softened',
      async ({ cache }) => {
        await cache.set('k', 1, { tags: ['t'] })
        await cache.invalidateTags('t', { soft: true })
      },
      false,
    ],
    [
      'a value of a cleared namespace',
      async ({ cache }) => {
        await cache.set('k', 1)
        await cache.clear()
      },
      false,
    ],
    [
      'a deleted value',
      async ({ cache }) => {
        await cache.set('k', 1)
        await cache.delete('k')
      },
      false,
    ],
  ]

  test.each(states)('takes %s for what a read finds', async (_, make, isThere) => {
    for (const condition of [ABSENT, PRESENT]) {
      const opened = open()
      await make(opened)
      const before = await opened.cache.get('k')
      expect(before !== undefined).toBe(isThere)
      const done = (condition === PRESENT) === isThere
      const { result, id } = await put(opened.cache, 'k', 'new', {}, condition)
      expect(result).toBe(done ? 'applied' : 'refused')
      expect(await opened.cache.get('k')).toEqual(done ? 'new' : before)
      expect(id).toBe(done ? await idOf(opened.cache) : '')
    }
  })

  test.each(states)('removes %s if it is what was meant', async (_, make, isThere) => {
    const opened = open()
    await make(opened)
    expect(await remove(opened.cache, 'k', is(OTHER))).toBe('refused')
    expect((await opened.cache.get('k')) !== undefined).toBe(isThere)
    expect(await remove(opened.cache, 'k', PRESENT)).toBe(isThere ? 'applied' : 'refused')
    expect(await opened.cache.get('k')).toBeUndefined()
  })

  test('is made for the value with that identity alone', async () => {
    const { cache } = open()
    const first = await put(cache, 'k', 1, {})
    expect(first.id).toBe(await idOf(cache))
    const second = await put(cache, 'k', 2, {}, is(OTHER, first.id))
    expect(second).toEqual({ result: 'applied', id: await idOf(cache) })
    expect(second.id).not.toBe(first.id)
    expect(await put(cache, 'k', 3, {}, is(first.id))).toEqual({ result: 'refused', id: '' })
    expect(await put(cache, 'k', 3, {}, is())).toEqual({ result: 'refused', id: '' })
    expect(await put(cache, 'k', 3, {}, is(''))).toEqual({ result: 'refused', id: '' })
    expect(await remove(cache, 'k', is(first.id))).toBe('refused')
    expect(await cache.get('k')).toBe(2)
    expect(await remove(cache, 'k', is(second.id))).toBe('applied')
    expect(await cache.get('k')).toBeUndefined()
  })

  test('of several at once is made once', async () => {
    const { cache } = open()
    const { id } = await put(cache, 'k', 0, {})
    const puts = await Promise.all([1, 2, 3, 4].map((n) => put(cache, 'k', n, {}, is(id))))
    expect(puts.map(({ result }) => result).toSorted()).toEqual([
      'applied',
      'refused',
      'refused',
      'refused',
    ])
    const winner = puts.findIndex(({ result }) => result === 'applied')
    expect(await cache.get('k')).toBe(winner + 1)
  })

  test('overtakes a load that is under way', async () => {
    const { cache } = open()
    let finish: (value: string) => void = () => {}
    const loading = cache.get('k', () => new Promise<string>((resolve) => (finish = resolve)))
    await Promise.resolve()
    expect((await put(cache, 'k', 'put', {}, ABSENT)).result).toBe('applied')
    finish('loaded')
    await loading
    expect(await cache.get('k')).toBe('put')
  })

  test('for no time removes what is there', async () => {
    const { cache } = open()
    const { id } = await put(cache, 'k', 1, {})
    const none = { ttl: 0, grace: 0 }
    expect(await put(cache, 'k', 2, none, is(OTHER))).toEqual({ result: 'refused', id: '' })
    expect(await put(cache, 'k', 2, none, is(id))).toEqual({ result: 'applied', id: '' })
    expect(await cache.get('k')).toBeUndefined()
    await put(cache, 'k', 3, {})
    expect(await put(cache, 'k', null, { negativeTtl: 0, grace: 0 }, PRESENT)).toEqual({
      result: 'applied',
      id: '',
    })
    expect(await cache.get('k')).toBeUndefined()
    expect(await put(cache, 'k', 4, none)).toEqual({ result: 'applied', id: '' })
  })

  test.each([
    ['undefined', undefined, 'InvalidValueError'],
    ['a function', () => 1, 'CodecError'],
  ])('refuses %s', async (_, value, name) => {
    const { cache } = open()
    const rejection = await rejectionOf(put(cache, 'k', value, {}, ABSENT))
    expect((rejection as Error).name).toBe(name)
  })

  test('carries its tags', async () => {
    const { cache } = open()
    await put(cache, 'k', 1, { tags: ['t'] }, ABSENT)
    expect((await cache.read('k')).tags).toEqual(['t'])
    await cache.invalidateTags('t')
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('with Redis', () => {
  test('one that is refused lets this process see what is there', async () => {
    const ours = openBoth()
    const theirs = openBeside(ours)
    await put(ours.cache, 'k', 'old', {})
    const { id } = await put(theirs.cache, 'k', 'new', {})
    expect(await ours.cache.get('k')).toBe('old') // not heard yet
    expect((await put(ours.cache, 'k', 'mine', {}, ABSENT)).result).toBe('refused')
    expect(await ours.cache.read('k')).toMatchObject({ value: 'new', id })
  })

  test('one that is refused changes nothing', async () => {
    const { cache, engine, remote } = openBoth()
    const { id } = await put(cache, 'k', 1, {})
    const { moment } = engine.space('default').marks
    await put(cache, 'k', 2, {}, ABSENT)
    await remove(cache, 'k', is(OTHER))
    expect(engine.space('default').marks.moment).toBe(moment)
    expect(cache.peek('k')).toBe(1)
    expect(remote.of('default').entries.get('k')?.entry.id).toBe(id)
  })

  test.each([true, false])('rejects while Redis is away (known: %s)', async (known) => {
    const { cache, remote } = openBoth()
    await put(cache, 'k', 1, {})
    remote.fail('timeout', known)
    for (const run of [() => put(cache, 'k', 2, {}, PRESENT), () => remove(cache, 'k', PRESENT)]) {
      expect(await rejectionOf(run())).toBeInstanceOf(TierUnavailableError)
    }
    expect(remote.of('default').entries.size).toBe(1)
    const unconditional = await put(cache, 'k', 3, {})
    expect(unconditional).toEqual({ result: 'queued', id: expect.stringMatching(/^[\w-]{12}$/) })
  })

  test('rejects while Redis is still to be told of something', async () => {
    const { cache, remote } = openBoth()
    remote.fail()
    await cache.delete('k')
    remote.mend()
    expect(await rejectionOf(put(cache, 'k', 1, {}, ABSENT))).toBeInstanceOf(TierUnavailableError)
  })

  test('one whose outcome is unknown leaves nothing older in memory, also when it lands late', async () => {
    const { cache, clock, remote } = openBoth({ ttl: '1h' })
    const { id } = await put(cache, 'k', 'old', {})
    remote.fail('timeout')
    expect(await rejectionOf(put(cache, 'k', 'new', {}, is(id)))).toBeInstanceOf(
      TierUnavailableError,
    )
    remote.mend()
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.get('k')).toBe('old') // read before it lands
    const tier = remote.of('default')
    const held = tier.entries.get('k')!
    tier.entries.set('k', { ...held, entry: { ...held.entry, id: OTHER } })
    clock.advance(1)
    expect(await cache.read('k')).toMatchObject({ tier: 'redis', id: OTHER })
  })

  test('what is for memory alone has no condition', async () => {
    const { cache } = openBoth()
    const rejection = await rejectionOf(put(cache, 'k', 1, { tiers: 'memory' }, ABSENT))
    expect(rejection).toMatchObject({ name: 'InvalidOptionError', option: 'tiers' })
  })
})

test('a value without an identity is present, and none in particular', async () => {
  const { cache } = openMemory()
  await cache.set('k', 1)
  expect((await put(cache, 'k', 2, {}, is(''))).result).toBe('refused')
  expect((await put(cache, 'k', 2, {}, ABSENT)).result).toBe('refused')
  expect((await put(cache, 'k', 2, {}, PRESENT)).result).toBe('applied')
})
