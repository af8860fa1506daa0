import { expect, test } from 'vitest'
import { StatsFeed } from '../../../../src/service/dashboard/stats-feed.js'
import type { StatsView } from '../../../../src/service/dashboard/stats-view.js'
import { ManualClock, settle } from '../../../support/manual-clock.js'

interface Harness {
  readonly clock: ManualClock
  readonly feed: StatsFeed
  /** Views that were made. */
  made(): number
}

function open(): Harness {
  const clock = new ManualClock()
  let made = 0
  const view = (): StatsView => ({ uptime: ++made }) as StatsView
  return { clock, feed: new StatsFeed({ view, clock }), made: () => made }
}

type Events = ReturnType<StatsFeed['events']>

async function take(events: Events): Promise<unknown> {
  const { value } = await events.next()
  return value
}

const told = (uptime: number): object => ({ event: 'stats', data: `{"uptime":${uptime}}` })

test('the first event comes at once, the others a second apart, made once for all', async () => {
  const { clock, feed, made } = open()
  const [a, b] = [feed.events(), feed.events()]
  expect([await take(a), await take(b)]).toEqual([told(1), told(1)])
  const next = [take(a), take(b)]
  clock.advance(1_000)
  expect(await Promise.all(next)).toEqual([told(2), told(2)])
  expect(made()).toBe(2)
})

test('nothing is made, and no timer runs, while nobody follows', async () => {
  const { clock, feed, made } = open()
  clock.advance(10_000)
  const events = feed.events()
  await take(events)
  expect(clock.waiting).toBe(1)
  await events.return(undefined)
  expect(clock.waiting).toBe(0)
  clock.advance(10_000)
  expect([made(), feed.clients]).toEqual([1, 0])
})

test('who is slow gets what is new, and nothing is kept for him', async () => {
  const { clock, feed, made } = open()
  const events = feed.events()
  await take(events)
  await clock.advanceAsync(60_000)
  expect(made()).toBe(1)
  const next = take(events)
  clock.advance(1_000)
  expect(await next).toEqual(told(2))
})

test('as many follow as may, and a place that is left is free', async () => {
  const { feed } = open()
  const all = Array.from({ length: 32 }, () => feed.events())
  expect(feed.isFull).toBe(false)
  await Promise.all(all.map(take))
  expect(feed.isFull).toBe(true)
  expect(await feed.events().next()).toEqual({ done: true, value: undefined })
  await all[0]?.return(undefined)
  expect(feed.isFull).toBe(false)
  expect(await take(feed.events())).toEqual(told(1))
})

test('a stream that was never begun takes no place', () => {
  const { feed } = open()
  for (let i = 0; i < 100; i++) feed.events()
  expect([feed.clients, feed.isFull]).toEqual([0, false])
})

test('after five minutes a client is told to come again', async () => {
  const { clock, feed } = open()
  const events = feed.events()
  await take(events)
  for (let i = 1; i < 300; i++) {
    const next = take(events)
    await settle()
    clock.advance(1_000)
    expect(await next).toEqual(told(i + 1))
  }
  expect(await take(events)).toEqual({ event: 'renew', data: '' })
  expect(await events.next()).toEqual({ done: true, value: undefined })
  expect(feed.clients).toBe(0)
})

test('closing ends every stream, also one that waits, and no other begins', async () => {
  const { clock, feed } = open()
  const events = feed.events()
  await take(events)
  const next = events.next()
  await settle()
  feed.close()
  expect(await next).toEqual({ done: true, value: undefined })
  expect([feed.isFull, clock.waiting]).toEqual([true, 0])
})

test('disconnecting ends the streams of now, also that of one who is slow', async () => {
  const { feed } = open()
  const [events, slow] = [feed.events(), feed.events()]
  await take(events)
  await take(slow)
  const next = events.next()
  await settle()
  feed.disconnect()
  expect(await slow.next()).toEqual({ done: true, value: undefined })
  expect(await next).toEqual({ done: true, value: undefined })
  expect(await take(feed.events())).toEqual(told(1))
})
