import { describe, expect, test } from 'vitest'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, type OpenedTwice, openMemory } from './harness.js'

const entries = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ key: `k${id}`, value: id }))

/** Lets none of the writes that are sent first be answered, until it is called. */
function holdAll({ remote }: OpenedTwice): () => void {
  const releases = entries(200).map(() => remote.holdReply('write'))
  return () => {
    for (const release of releases) release()
  }
}

describe('values that are set', () => {
  test('are sent to Redis a bounded number at once, in the order in which they were set', async () => {
    const opened = openBoth({ memory: false })
    const { cache, remote } = opened
    const release = holdAll(opened)
    const all = cache.setMany([...entries(200), { key: 'k199', value: 'last' }])
    await settle()
    const atFirst = remote.calls.write
    expect(atFirst).toBeGreaterThan(0)
    expect(atFirst).toBeLessThan(200)
    release()
    expect(await all).toBe('applied')
    expect(remote.calls.write).toBe(200) // the first of the two for k199 gives way
    expect(await cache.get('k0')).toBe(0)
    expect(await cache.get('k199')).toBe('last')
  })

  test('give way to what is deleted while they wait for their turn', async () => {
    const opened = openBoth()
    const { cache } = opened
    const release = holdAll(opened)
    const all = cache.setMany(entries(200))
    await settle()
    const deleted = cache.delete('k199')
    release()
    await Promise.all([all, deleted])
    expect(await cache.get('k199')).toBeUndefined()
    expect(await cache.get('k198')).toBe(198)
  })

  test('of one key: the last one is there in the end, and tells the others what became of it', async () => {
    const { cache, remote } = openBoth()
    const results = entries(200).map(({ value }) => cache.set('k', value))
    expect(new Set(await Promise.all(results))).toEqual(new Set(['applied']))
    expect(cache.peek('k')).toBe(199)
    expect(await openBeside({ ...openBoth(), remote }).cache.get('k')).toBe(199)
  })

  test('make room for others when they fail', async () => {
    const { cache, clock, remote } = openBoth()
    remote.fail('timeout')
    expect(await cache.setMany(entries(200))).toBe('queued')
    remote.mend()
    await clock.advanceAsync(2_000)
    expect(await cache.setMany(entries(200))).toBe('applied')
  })

  test('wait for nobody without Redis', async () => {
    const { cache } = openMemory()
    void cache.setMany(entries(200))
    expect(cache.peek('k199')).toBe(199)
  })
})
