import { describe, expect, test, vi } from 'vitest'
import { Trust } from '../../../src/bus/trust.js'

describe('trust in memory', () => {
  test('is without end where there are no other processes', () => {
    const trust = new Trust('none')
    expect(trust.isCoherent(1e15)).toBe(true)
    expect(trust.stats(1e15, 0)).toEqual({
      transport: 'none',
      coherent: true,
      epoch: 0,
      lastProofAt: undefined,
      lag: undefined,
      reason: undefined,
    })
  })

  test('does not begin before the first subscription', () => {
    const trust = new Trust('publish')
    expect(trust.isCoherent(0)).toBe(false)
    expect(trust.isCoherent(-1e15)).toBe(false)
    expect(trust.stats(0, 0)).toMatchObject({
      transport: 'publish',
      coherent: false,
      epoch: 0,
      reason: 'not subscribed yet',
    })
  })

  test('lasts from a subscription until its moment, that moment left out', () => {
    const trust = new Trust('publish')
    trust.raise(500)
    expect(trust.isCoherent(499.9)).toBe(true)
    expect(trust.isCoherent(500)).toBe(false)
    expect(trust.stats(499, 0)).toMatchObject({ coherent: true, epoch: 1, reason: undefined })
    expect(trust.stats(500, 0)).toMatchObject({
      coherent: false,
      epoch: 1,
      reason: 'no sign of life from the bus',
    })
  })

  test('is prolonged by each proof, from when that was sent', () => {
    const trust = new Trust('publish')
    trust.raise(500)
    trust.prove(300, 1_000, 340)
    expect(trust.coherentUntil).toBe(1_300)
    expect(trust.epoch).toBe(1)
  })

  test('is never shortened by a proof that comes late', () => {
    const trust = new Trust('publish')
    trust.raise(2_000)
    trust.prove(300, 1_000, 1_200)
    expect(trust.coherentUntil).toBe(2_000)
  })

  test('another period may end sooner than the one before', () => {
    const trust = new Trust('publish')
    trust.raise(2_000)
    trust.raise(1_000)
    expect(trust.isCoherent(1_500)).toBe(false)
    expect(trust.epoch).toBe(2)
  })

  test('tells of each new period, after its end is known', () => {
    const trust = new Trust('publish')
    const seen: [number, number][] = []
    trust.onRaise(() => seen.push([trust.epoch, trust.coherentUntil]))
    const second = vi.fn<() => void>()
    trust.onRaise(second)
    trust.raise(500)
    trust.prove(300, 1_000, 340)
    trust.doubt('why not')
    trust.raise(900)
    expect(seen).toEqual([
      [1, 500],
      [2, 900],
    ])
    expect(second).toHaveBeenCalledTimes(2)
  })

  test('a doubt ends nothing: its reason is told when trust has ended', () => {
    const trust = new Trust('publish')
    trust.raise(500)
    trust.doubt('the connection of the bus was lost')
    expect(trust.isCoherent(400)).toBe(true)
    expect(trust.stats(400, 0)).toMatchObject({ coherent: true, reason: undefined })
    expect(trust.stats(500, 0).reason).toBe('the connection of the bus was lost')
  })

  test.each<[string, (trust: Trust) => void]>([
    ['a proof', (trust) => trust.prove(300, 100, 310)],
    ['another period', (trust) => trust.raise(400)],
  ])('a doubt is over with %s', (_, dispel) => {
    const trust = new Trust('publish')
    trust.raise(200)
    trust.doubt('why not')
    dispel(trust)
    expect(trust.stats(1_000, 0).reason).toBe('no sign of life from the bus')
  })

  test('tells when it was proven last, in wall-clock time, and how long the way took', () => {
    const trust = new Trust('publish')
    trust.raise(500)
    expect(trust.stats(400, 1_700_000_000_400)).toMatchObject({
      lastProofAt: undefined,
      lag: undefined,
    })
    trust.prove(310, 1_000, 312.5)
    expect(trust.stats(400, 1_700_000_000_400)).toMatchObject({
      lastProofAt: 1_700_000_000_313,
      lag: 2.5,
    })
  })
})
