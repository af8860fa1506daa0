import { describe, expect, it } from 'vitest'
import { Watch } from '../../../src/server/watch.js'
import { ManualClock } from '../../support/manual-clock.js'

function watched(expired: string[], name: string) {
  return { dueAt: 0, place: -1, expire: () => void expired.push(name) }
}

describe('Watch', () => {
  it('finds what is due, not before, and a second late at most', () => {
    const clock = new ManualClock()
    const watch = new Watch(clock)
    const expired: string[] = []
    watch.add(watched(expired, 'a'), 30_000)
    clock.advance(10_000)
    watch.add(watched(expired, 'b'), 30_000)
    clock.advance(19_999)
    expect(expired).toEqual([])
    clock.advance(1_001)
    expect(expired).toEqual(['a'])
    clock.advance(10_000)
    expect(expired).toEqual(['a', 'b'])
    expect(clock.waiting).toBe(0)
  })

  it('finds short ones sooner: an eighth late at most', () => {
    const clock = new ManualClock()
    const watch = new Watch(clock)
    const expired: string[] = []
    watch.add(watched(expired, 'long'), 60_000)
    watch.add(watched(expired, 'short'), 80)
    clock.advance(90)
    expect(expired).toEqual(['short'])
  })

  it('forgets what is deleted, waits again for what is renewed', () => {
    const clock = new ManualClock()
    const watch = new Watch(clock)
    const expired: string[] = []
    const [gone, later] = [watched(expired, 'gone'), watched(expired, 'later')]
    watch.add(gone, 1_000)
    watch.add(later, 1_000)
    clock.advance(900)
    watch.delete(gone)
    watch.renew(later, 1_000)
    clock.advance(900)
    expect(expired).toEqual([])
    clock.advance(300)
    expect(expired).toEqual(['later'])
  })

  it('needs one timer for any number of them, and none for nothing', () => {
    const clock = new ManualClock()
    const watch = new Watch(clock)
    const all = Array.from({ length: 1_000 }, () => watched([], 'x'))
    for (const one of all) watch.add(one, 1_000)
    expect(clock.waiting).toBe(1)
    for (const one of all) watch.delete(one)
    clock.advance(2_000)
    expect(clock.waiting).toBe(0)
  })
})
