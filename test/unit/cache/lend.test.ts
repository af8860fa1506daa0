import { describe, expect, test } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { fill, giveUp, lease, type LeaseAnswer, put } from '../../../src/cache/handle.js'
import type { EngineOptions } from '../../../src/cache/options.js'
import { ClosedError, TierUnavailableError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { openBoth, openMemory, rejectionOf, slowLoader, stateOf } from './harness.js'

const WISH = { ttl: 5_000, wait: 2_000 }

const open = (options: EngineOptions = {}) =>
  openMemory({ ttl: '1m', ...options }, { identities: true })

async function tokenOf(cache: Cache, key = 'k', wish = WISH): Promise<string> {
  const answer = await lease(cache, key, wish)
  if (answer.kind !== 'yours') throw new Error(`the lease was not given: ${answer.kind}`)
  return answer.token
}

describe('without Redis a lease', () => {
  test('is not needed for what is there', async () => {
    const { cache } = open()
    const { id } = await put(cache, 'k', 1, {})
    expect(await lease(cache, 'k', WISH)).toMatchObject({
      kind: 'value',
      reading: { value: 1, outcome: 'hit', tier: 'memory', id },
    })
  })

  test('is given to one, whose fill the others get', async () => {
    const { cache } = open()
    const token = await tokenOf(cache)
    const others = Promise.all([1, 2, 3].map(() => lease(cache, 'k', WISH)))
    expect(await stateOf(others)).toBe('pending')
    const { result, id } = await fill(cache, 'k', token, 'filled', { tags: ['t'] })
    expect(result).toBe('applied')
    for (const answer of await others) {
      expect(answer).toMatchObject({ kind: 'value', reading: { value: 'filled', id, tags: ['t'] } })
    }
  })

  test('is waited for at most so long, and no timer is left', async () => {
    const { cache, clock } = open()
    await tokenOf(cache)
    const timers = clock.waiting
    const other = lease(cache, 'k', WISH)
    await clock.advanceAsync(1_999)
    expect(await stateOf(other)).toBe('pending')
    await clock.advanceAsync(1)
    expect(await other).toEqual({ kind: 'busy', stale: undefined })
    expect(clock.waiting).toBe(timers)
    expect(await lease(cache, 'k', { ...WISH, wait: 0 })).toMatchObject({ kind: 'busy' })
  })

  test('given up goes to the next who waits', async () => {
    const { cache } = open()
    const token = await tokenOf(cache)
    const others = [lease(cache, 'k', WISH), lease(cache, 'k', WISH)] as const
    await settle()
    expect(await giveUp(cache, 'k', token)).toBe(true)
    const first = await Promise.race(others)
    expect(first.kind).toBe('yours')
    expect(await giveUp(cache, 'k', token)).toBe(false)
    expect((await fill(cache, 'k', token, 1, {})).result).toBe('revoked')
    await fill(cache, 'k', (first as LeaseAnswer & { kind: 'yours' }).token, 2, {})
    const kinds = (await Promise.all(others)).map(({ kind }) => kind)
    expect(kinds.toSorted()).toEqual(['value', 'yours'])
  })

  test('ends by itself, and another gets it', async () => {
    const { cache, clock } = open()
    const token = await tokenOf(cache, 'k', { ttl: 1_000, wait: 0 })
    const other = lease(cache, 'k', WISH)
    await clock.advanceAsync(1_001)
    expect(await other).toMatchObject({ kind: 'yours', ttl: 5_000 })
    expect(await fill(cache, 'k', token, 1, {})).toEqual({ result: 'revoked', id: '' })
  })

  test.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['a delete', (cache) => cache.delete('k')],
    ['a set', (cache) => cache.set('k', 'set')],
    ['an expire', (cache) => cache.expire('k')],
    ['an invalidation of its tag', (cache) => cache.invalidateTags('t')],
    ['a soft one', (cache) => cache.invalidateTags('t', { soft: true })],
    ['a clear', (cache) => cache.clear()],
    ['a forced load', (cache) => cache.get('k', () => 'forced', { force: true })],
  ])('is revoked by %s', async (_, invalidate) => {
    const { cache } = open()
    const token = await tokenOf(cache)
    await invalidate(cache)
    const before = await cache.get('k')
    expect(await fill(cache, 'k', token, 'late', { tags: ['t'] })).toEqual({
      result: 'revoked',
      id: '',
    })
    expect(await cache.get('k')).toEqual(before)
  })

  test('is not revoked by what does not concern it', async () => {
    const { cache } = open()
    const token = await tokenOf(cache)
    await cache.invalidateTags('other')
    await cache.delete('other')
    expect((await fill(cache, 'k', token, 1, { tags: ['t'] })).result).toBe('applied')
  })

  test.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['the key', (cache) => cache.delete('k')],
    ['what becomes the value', (cache) => cache.set('k', 'set')],
  ])('whose waiters are woken by an invalidation of %s', async (_, invalidate) => {
    const { cache } = open()
    await tokenOf(cache)
    const other = lease(cache, 'k', WISH)
    await settle()
    await invalidate(cache)
    expect(await stateOf(other)).toBe('fulfilled')
  })

  test('is waited for by loads of this process', async () => {
    const { cache, clock } = open()
    const token = await tokenOf(cache)
    const load = slowLoader<string>()
    const reading = cache.read('k', load)
    await settle()
    expect(load.runs).toHaveLength(0)
    await fill(cache, 'k', token, 'filled', {})
    expect(await reading).toMatchObject({ value: 'filled', collapsed: true })
    expect(clock.waiting).toBe(0)
  })

  test('that is never filled holds up loads of this process no longer than it lasts', async () => {
    const { cache, clock } = open()
    await tokenOf(cache, 'k', { ttl: 1_000, wait: 0 })
    const reading = cache.get('k', () => 'loaded')
    await clock.advanceAsync(1_001)
    expect(await reading).toBe('loaded')
    expect(await cache.get('k')).toBe('loaded')
  })

  test('does not hold up loads longer than they would wait', async () => {
    const { cache, clock } = open({ lease: { maxWait: '1s' } })
    const token = await tokenOf(cache)
    const reading = cache.get('k', () => 'beside')
    await clock.advanceAsync(1_000)
    expect(await reading).toBe('beside')
    expect(await cache.get('k')).toBeUndefined()
    expect((await fill(cache, 'k', token, 'filled', {})).result).toBe('applied')
  })

  test('does not hold up loads that would not wait', async () => {
    const { cache } = open()
    await tokenOf(cache)
    expect(await cache.get('k', () => 'loaded', { lease: false })).toBe('loaded')
  })

  test('is not given while this process loads the key', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const reading = cache.get('k', load)
    const other = lease(cache, 'k', WISH)
    expect(await stateOf(other)).toBe('pending')
    load.runs[0]!.resolve('loaded')
    await reading
    expect(await other).toMatchObject({ kind: 'value', reading: { value: 'loaded' } })
  })

  test('is given when the load of this process fails', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const reading = rejectionOf(cache.get('k', load))
    const other = lease(cache, 'k', WISH)
    await settle()
    load.runs[0]!.reject(new Error('no'))
    await reading
    expect((await other).kind).toBe('yours')
  })

  test('held by another leaves the stale value to who has waited', async () => {
    const { cache, clock } = open({ grace: '1h' })
    const { id } = await put(cache, 'k', 'old', {})
    clock.advance(60_000)
    await tokenOf(cache)
    const busy = await lease(cache, 'k', { ...WISH, wait: 0 })
    expect(busy).toMatchObject({ kind: 'busy', stale: { value: 'old', outcome: 'stale', id } })
  })

  test('is not given while the key rests after a failed load', async () => {
    const { cache, clock } = open({ grace: '1h', softTimeout: false, retryAfter: '1s' })
    await cache.set('k', 'old')
    clock.advance(60_000)
    await cache.get('k', () => Promise.reject(new Error('no')))
    expect(await lease(cache, 'k', WISH)).toMatchObject({ kind: 'busy', stale: { value: 'old' } })
    clock.advance(1_000)
    expect((await lease(cache, 'k', WISH)).kind).toBe('yours')
  })

  test('is waited for by so many at most', async () => {
    const { cache } = open({ limits: { waitersPerKey: 2 } })
    await tokenOf(cache)
    const waiting = [lease(cache, 'k', WISH), lease(cache, 'k', WISH)]
    await settle()
    expect(await lease(cache, 'k', WISH)).toEqual({ kind: 'busy', stale: undefined })
    await cache.set('k', 1)
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['value', 'value'])
  })

  test('is not waited for when the cache is closed', async () => {
    const { cache } = open()
    await tokenOf(cache)
    const other = rejectionOf(lease(cache, 'k', WISH))
    await settle()
    await cache.close()
    expect(await other).toBeInstanceOf(ClosedError)
    expect(await rejectionOf(lease(cache, 'k', WISH))).toBeInstanceOf(ClosedError)
  })

  test('is not waited for by who has left', async () => {
    const { cache, clock } = open()
    const token = await tokenOf(cache)
    const timers = clock.waiting
    const leaving = new AbortController()
    const other = rejectionOf(lease(cache, 'k', { ...WISH, signal: leaving.signal }))
    await settle()
    leaving.abort(new Error('left'))
    expect(await other).toMatchObject({ message: 'left' })
    expect(clock.waiting).toBe(timers)
    expect(await giveUp(cache, 'k', token)).toBe(true)
  })

  test('is not given to who has left', async () => {
    const { cache } = open()
    const reason = new Error('left')
    const signal = AbortSignal.abort(reason)
    expect(await rejectionOf(lease(cache, 'k', { ...WISH, signal }))).toBe(reason)
    expect((await lease(cache, 'k', WISH)).kind).toBe('yours')
  })

  test('filled for no time is over', async () => {
    const { cache } = open()
    const token = await tokenOf(cache)
    expect(await fill(cache, 'k', token, 1, { ttl: 0 })).toEqual({ result: 'applied', id: '' })
    expect(await fill(cache, 'k', token, 1, { ttl: 0 })).toEqual({ result: 'revoked', id: '' })
    expect((await lease(cache, 'k', WISH)).kind).toBe('yours')
  })

  test('stays when what was loaded cannot be stored', async () => {
    const { cache } = open()
    const token = await tokenOf(cache)
    for (const value of [undefined, () => 1]) {
      expect(await rejectionOf(fill(cache, 'k', token, value, {}))).toBeInstanceOf(Error)
    }
    expect(await giveUp(cache, 'k', token)).toBe(true)
  })

  test.each([
    ['another key', 'other', (token: string) => token],
    ['a changed token', 'k', (token: string) => `${token}x`],
    ['an empty one', 'k', () => ''],
    ['a long one', 'k', () => 'a'.repeat(1e6)],
    ['none at all', 'k', () => undefined as unknown as string],
  ])('does not open by %s', async (_, key, change) => {
    const { cache } = open()
    const token = await tokenOf(cache)
    expect((await fill(cache, key, change(token), 1, {})).result).toBe('revoked')
    expect(await giveUp(cache, key, change(token))).toBe(false)
    expect(await giveUp(cache, 'k', token)).toBe(true)
  })

  test.each([
    ['ttl', { ttl: 99, wait: 0 }],
    ['ttl', { ttl: '61s', wait: 0 }],
    ['wait', { ttl: 100, wait: '11m' }],
    ['wait', { ttl: 100, wait: -1 }],
  ] as const)('is refused with a %s out of range', async (name, wish) => {
    const rejection = await rejectionOf(lease(open().cache, 'k', wish))
    expect(rejection).toMatchObject({ name: 'InvalidOptionError', option: `lease.${name}` })
  })

  test('counts among the reads', async () => {
    const { cache, clock } = open({ grace: '1h' })
    const token = await tokenOf(cache)
    await lease(cache, 'k', { ...WISH, wait: 0 })
    await fill(cache, 'k', token, 1, {})
    await lease(cache, 'k', WISH)
    clock.advance(60_000)
    await tokenOf(cache)
    await lease(cache, 'k', { ...WISH, wait: 0 })
    const { reads } = cache.stats()
    expect(reads).toMatchObject({ hit: { memory: 1 }, miss: { none: 3 }, stale: { memory: 1 } })
  })
})

describe('with Redis a lease', () => {
  test('is filled into both tiers', async () => {
    const { cache, remote } = openBoth()
    const token = await tokenOf(cache)
    const { id } = await fill(cache, 'k', token, 1, { tags: ['t'] })
    expect(remote.of('default').entries.get('k')?.entry).toMatchObject({ id, tags: ['t'] })
    expect(await cache.read('k')).toMatchObject({ value: 1, tier: 'memory', id })
  })

  test.each([true, false])('is not to be had while Redis is away (known: %s)', async (known) => {
    const { cache, remote } = openBoth()
    const token = await tokenOf(cache)
    await cache.set('there', 1)
    remote.fail('timeout', known)
    for (const run of [
      () => lease(cache, 'other', WISH),
      ...(known
        ? [() => fill(cache, 'k', token, 1, {}), () => giveUp(cache, 'k', token)]
        : [() => fill(cache, 'k', token, 1, {})]),
    ]) {
      expect(await rejectionOf(run())).toBeInstanceOf(TierUnavailableError)
    }
    expect(cache.peek('k')).toBeUndefined()
    expect(await lease(cache, 'there', WISH)).toMatchObject({ kind: 'value' })
  })

  test('of what is for memory alone is refused', async () => {
    const { cache } = openBoth()
    const token = await tokenOf(cache)
    const rejection = await rejectionOf(fill(cache, 'k', token, 1, { tiers: 'memory' }))
    expect(rejection).toMatchObject({ name: 'InvalidOptionError', option: 'tiers' })
  })
})
