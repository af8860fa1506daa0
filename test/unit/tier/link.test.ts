import { beforeEach, describe, expect, test } from 'vitest'
import { type Link, promisedLink } from '../../../src/tier/link.js'
import { ManualClock, settle } from '../../support/manual-clock.js'

let clock: ManualClock
beforeEach(() => {
  clock = new ManualClock()
})

function readyLink(
  started: Promise<void> = Promise.resolve(),
): Link & { redials: number; change: () => void } {
  return {
    status: 'ready',
    started,
    redials: 0,
    change: () => {},
    reason: () => 'its reason',
    ping: () => Promise.resolve(),
    redial() {
      this.redials += 1
    },
    onChange(fn) {
      this.change = fn
    },
  }
}

/** Whether it has started. */
async function hasStarted(link: Link): Promise<boolean> {
  let started = false
  void link.started.then(() => (started = true))
  await settle()
  return started
}

describe('promisedLink', () => {
  test('is connecting until the link is there, then all that it is', async () => {
    const inner = readyLink()
    let arrive!: (link: Link) => void
    const link = promisedLink(new Promise((resolve) => (arrive = resolve)), 1_000, clock)
    let changes = 0
    link.onChange(() => (changes += 1))
    expect(link.status).toBe('connecting')
    expect(await hasStarted(link)).toBe(false)
    await expect(link.ping()).rejects.toThrow('not connected')
    link.redial()
    arrive(inner)
    expect(await hasStarted(link)).toBe(true)
    expect(link.status).toBe('ready')
    expect(link.reason()).toBe('its reason')
    link.redial()
    expect(inner.redials).toBe(1)
    await link.ping()
    inner.change()
    expect(changes).toBe(2)
    expect(clock.waiting).toBe(0)
  })

  test('has started after connectTimeout, however long the loading takes', async () => {
    const link = promisedLink(new Promise(() => {}), 1_000, clock)
    clock.advance(999)
    expect(await hasStarted(link)).toBe(false)
    clock.advance(1)
    expect(await hasStarted(link)).toBe(true)
  })

  test('counts connectTimeout from its own construction, not from the arrival', async () => {
    const link = promisedLink(Promise.resolve(readyLink(new Promise(() => {}))), 1_000, clock)
    await settle()
    clock.advance(1_000)
    expect(await hasStarted(link)).toBe(true)
  })

  test('is down, with the reason, when nothing can be loaded', async () => {
    const link = promisedLink(
      Promise.reject(new Error("Cannot find package 'ioredis'")),
      1_000,
      clock,
    )
    expect(await hasStarted(link)).toBe(true)
    expect(link.status).toBe('down')
    expect(link.reason()).toBe("Cannot find package 'ioredis'")
  })
})
