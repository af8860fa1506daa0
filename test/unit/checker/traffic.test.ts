import { describe, expect, it } from 'vitest'
import { Dice } from '../../../src/checker/dice.js'
import { keyspaceOf } from '../../../src/checker/keyspace.js'
import { type Operation, trafficOf } from '../../../src/checker/traffic.js'

const keyspace = keyspaceOf('x', 10, 3)

function firstOperations(seed: number, count: number, writeShare = 0.3): Operation[] {
  const traffic = trafficOf(new Dice(seed, 1), {
    keyspace,
    writeShare,
    kinds: ['delete', 'set', 'tag'],
  })
  return Array.from({ length: count }, () => traffic.next().value)
}

describe('the traffic of a client', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(firstOperations(7, 200)).toEqual(firstOperations(7, 200))
    expect(firstOperations(8, 200)).not.toEqual(firstOperations(7, 200))
  })

  it('writes its share, in every way', () => {
    const operations = firstOperations(1, 10_000)
    const share = (kind: string): number =>
      operations.filter((operation) => operation.kind === kind).length / operations.length
    expect(share('read')).toBeCloseTo(0.7, 1)
    for (const kind of ['delete', 'set', 'tag']) expect(share(kind)).toBeCloseTo(0.1, 1)
  })

  it('reads all keys alike and writes the first more often', () => {
    const operations = firstOperations(1, 20_000)
    const keysOf = (kind: string): string[] =>
      operations.flatMap((one) => (one.kind === kind && 'key' in one ? [one.key] : []))
    const shareOfFirst = (keys: string[]): number =>
      keys.filter((key) => key === 'k0-x').length / keys.length
    expect(shareOfFirst(keysOf('read'))).toBeCloseTo(0.1, 1)
    expect(shareOfFirst(keysOf('delete'))).toBeGreaterThan(0.25)
    expect(new Set(keysOf('delete')).size).toBe(10)
  })

  it('never writes with a share of almost nothing', () => {
    expect(firstOperations(1, 1_000, Number.MIN_VALUE).every(({ kind }) => kind === 'read')).toBe(
      true,
    )
  })
})

describe('the keys of a run', () => {
  it('bear one tag each', () => {
    expect(keyspace.keysOf('t1-x')).toEqual(['k1-x', 'k4-x', 'k7-x'])
    expect(keyspace.tagsOf('k4-x')).toEqual(['t1-x'])
  })

  it('bear none when there are none', () => {
    const { tags, tagsOf } = keyspaceOf('x', 3, 0)
    expect([tags, tagsOf('k1-x')]).toEqual([[], []])
  })
})

describe('dice', () => {
  it('are others for every process, life and client', () => {
    const seeds = [[1], [2], [1, 0], [1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 0, -1]]
    const throws = seeds.map((parts) => new Dice(...parts).next())
    expect(new Set(throws).size).toBe(seeds.length)
  })

  it('throw numbers from 0 to 1', () => {
    const dice = new Dice(3)
    const throws = Array.from({ length: 10_000 }, () => dice.next())
    expect(Math.min(...throws)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...throws)).toBeLessThan(1)
    expect(throws.reduce((sum, one) => sum + one, 0) / throws.length).toBeCloseTo(0.5, 1)
  })
})
