import { describe, expect, test, vi } from 'vitest'
import type { Body, Entry } from '../../../src/entry/entry.js'
import type { Stamp } from '../../../src/entry/tag.js'
import { SoloLeases } from '../../../src/flight/solo-leases.js'

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

describe('a lease of one process', () => {
  test('has the stamps of when it was given, and stores under them', async () => {
    const parts = store()
    const lease = await new SoloLeases(parts).acquire('k', ['a'], 9_000)
    expect(parts.stampsOf.mock.calls).toEqual([[['a'], 9_000]])
    expect(lease.stamps.map(({ name }) => name)).toEqual(['', 'a'])
    await lease.fill(entry, [], () => true)
    expect(parts.write.mock.calls).toEqual([['k', entry, lease.stamps]])
    expect(parts.stampsOf).toHaveBeenCalledTimes(1)
  })

  test('takes those of late tags when it stores, for the life of the entry', async () => {
    const parts = store()
    const lease = await new SoloLeases(parts).acquire('k', ['a'], 9_000)
    await lease.fill(entry, ['late'], () => true)
    expect(parts.stampsOf.mock.calls[1]).toEqual([['late'], 5_000])
    expect(parts.write.mock.calls[0]?.[2]).toEqual([
      ...lease.stamps,
      { name: 'late', hard: 'h2', soft: 's2' },
    ])
  })

  test('is not given when the store does not answer', async () => {
    const failure = new Error('away')
    const leases = new SoloLeases({ ...store(), stampsOf: () => Promise.reject(failure) })
    await expect(leases.acquire('k', [], 1)).rejects.toBe(failure)
  })
})
