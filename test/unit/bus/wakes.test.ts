import { beforeEach, describe, expect, test } from 'vitest'
import { Wakes } from '../../../src/bus/wakes.js'
import { ManualClock, settle } from '../../support/manual-clock.js'

let clock: ManualClock
let wakes: Wakes

beforeEach(() => {
  clock = new ManualClock()
  wakes = new Wakes(clock)
})

/** Notes the name when the promise resolves. */
function note(names: string[], name: string, promise: Promise<void>): void {
  void promise.then(() => names.push(name))
}

describe('who waits for a key', () => {
  test('wakes when it is told, with all others of that key and nobody else', async () => {
    const woken: string[] = []
    note(woken, 'first', wakes.register('ns', 'k').until(1_000))
    note(woken, 'second', wakes.register('ns', 'k').until(1_000))
    note(woken, 'another key', wakes.register('ns', 'l').until(1_000))
    note(woken, 'another namespace', wakes.register('ns.child', 'k').until(1_000))
    await settle()
    expect(woken).toEqual([])
    wakes.wake('ns', 'k')
    wakes.wake('ns', 'unknown')
    await settle()
    expect(woken).toEqual(['first', 'second'])
  })

  test('wakes after its time', async () => {
    const woken: string[] = []
    note(woken, 'k', wakes.register('ns', 'k').until(1_000))
    await clock.advanceAsync(999)
    expect(woken).toEqual([])
    await clock.advanceAsync(1)
    expect(woken).toEqual(['k'])
  })

  test('misses no wake-up between registering and waiting', async () => {
    const waiting = wakes.register('ns', 'k')
    wakes.wake('ns', 'k')
    await waiting.until(1_000)
    expect(clock.waiting).toBe(0)
  })

  test.each([0, -1])('does not wait for %s ms', async (ms) => {
    await wakes.register('ns', 'k').until(ms)
    expect(clock.waiting).toBe(0)
  })

  test('all wake when messages may have been missed', async () => {
    const woken: string[] = []
    note(woken, 'k', wakes.register('ns', 'k').until(1_000))
    note(woken, 'l', wakes.register('other', 'l').until(1_000))
    const later = wakes.register('ns', 'm')
    wakes.wakeAll()
    await settle()
    expect(woken).toEqual(['k', 'l'])
    await later.until(1_000)
  })

  test('a key with a line feed is that of nobody else', async () => {
    const woken: string[] = []
    note(woken, 'a', wakes.register('a', 'b\nc').until(1_000))
    wakes.wake('a', 'b')
    wakes.wake('b', 'c')
    await settle()
    expect(woken).toEqual([])
    wakes.wake('a', 'b\nc')
    await settle()
    expect(woken).toEqual(['a'])
  })
})

describe('afterwards', () => {
  test('whoever ends leaves nothing behind, however often', async () => {
    const first = wakes.register('ns', 'k')
    const second = wakes.register('ns', 'k')
    const waits = first.until(1_000)
    expect(wakes.size).toBe(1)
    first.end()
    first.end()
    await waits
    expect(wakes.size).toBe(1)
    expect(clock.waiting).toBe(0)
    second.end()
    expect(wakes.size).toBe(0)
  })

  test('who is woken stays registered until it ends, and does not wait a second time', async () => {
    const waiting = wakes.register('ns', 'k')
    const waits = waiting.until(1_000)
    wakes.wake('ns', 'k')
    await waits
    expect(wakes.size).toBe(1)
    expect(clock.waiting).toBe(0)
    await waiting.until(1_000)
    waiting.end()
    expect(wakes.size).toBe(0)
  })

  test('the end of an old one does not take the place of a new one', async () => {
    const old = wakes.register('ns', 'k')
    old.end()
    const woken: string[] = []
    const young = wakes.register('ns', 'k')
    note(woken, 'young', young.until(1_000))
    old.end()
    wakes.wake('ns', 'k')
    await settle()
    expect(woken).toEqual(['young'])
  })
})
