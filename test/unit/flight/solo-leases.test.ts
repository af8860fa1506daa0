import { describe, expect, test, vi } from 'vitest'
import type { Body, Entry } from '../../../src/entry/entry.js'
import type { Stamp } from '../../../src/entry/tag.js'
import { type LeaseStore, SoloLeases } from '../../../src/flight/solo-leases.js'

const entry: Entry<Body> = {
  value: { kind: 0, flags: 0, contentType: '', bytes: Buffer.from('x') },
  storedAt: 1_000,
  freshUntil: 2_000,
  staleUntil: 6_000,
  loadTime: 5,
  tags: ['a', 'late'],
  id: 'AAAAAAAAAAAA',
}

function store() {
  let life = 0
  const stampsOf = vi.fn((tags: readonly string[], _lifetime: number): readonly Stamp[] => {
    life++
    return ['', ...tags].map((name) => ({ name, hard: `h${life}`, soft: `s${life}` }))
  })
  const write = vi.fn((_key: string, _entry: Entry<Body>, _stamps: readonly Stamp[]) => {})
  return { stampsOf, write }
}

/** A lease, with its `fill` under a name that no array has: the linter would take it for `Array.prototype.fill`. */
async function acquire(parts: LeaseStore, tags: readonly string[]) {
  const { lease } = await new SoloLeases(parts).acquire('k', { tags, lifetime: 9_000 })
  const { stamps, fill } = lease
  return { stamps, store: fill }
}

describe('a lease of one process', () => {
  test('has the stamps of when it was given, and stores under them', async () => {
    const parts = store()
    const lease = await acquire(parts, ['a'])
    expect(parts.stampsOf.mock.calls).toEqual([[['a'], 9_000]])
    expect(lease.stamps.map(({ name }) => name)).toEqual(['', 'a'])
    await lease.store(entry, [], () => true)
    expect(parts.write.mock.calls).toEqual([['k', entry, lease.stamps]])
    expect(parts.stampsOf).toHaveBeenCalledTimes(1)
  })

  test('takes those of late tags when it stores, for the life of the entry', async () => {
    const parts = store()
    const lease = await acquire(parts, ['a'])
    await lease.store(entry, ['late'], () => true)
    expect(parts.stampsOf.mock.calls[1]).toEqual([['late'], 5_000])
    expect(parts.write.mock.calls[0]?.[2]).toEqual([
      ...lease.stamps,
      { name: 'late', hard: 'h2', soft: 's2' },
    ])
  })

  test('writes nothing once it is revoked, asked at the last moment', async () => {
    const parts = store()
    const lease = await acquire(parts, [])
    expect(await lease.store(entry, [], () => false)).toBe('revoked')
    let current = true
    const late = lease.store(entry, ['late'], () => current)
    current = false
    expect(await late).toBe('revoked')
    expect(parts.write).not.toHaveBeenCalled()
    expect(await lease.store(entry, [], () => true)).toBe('filled')
  })

  test('is not given when the store does not answer', async () => {
    const failure = new Error('away')
    const leases = new SoloLeases({ ...store(), stampsOf: () => Promise.reject(failure) })
    await expect(leases.acquire('k', { tags: [], lifetime: 1 })).rejects.toBe(failure)
  })
})
