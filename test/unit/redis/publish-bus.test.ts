import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Invalidation } from '../../../src/bus/bus.js'
import { LocalBus } from '../../../src/bus/local-bus.js'
import { formatMessage, type Message } from '../../../src/bus/message.js'
import { Trust } from '../../../src/bus/trust.js'
import { Wakes } from '../../../src/bus/wakes.js'
import { PublishBus } from '../../../src/redis/publish-bus.js'
import type { CommandClient } from '../../../src/redis/redis-client.js'
import type { RedisEvent } from '../../../src/redis/redis-event.js'
import { ManualClock, settle } from '../../support/manual-clock.js'
import { deferred, type Deferred } from '../cache/harness.js'

const B = 1_000
const CHANNEL = 's1:shop:inv'
const HEARTBEAT = 's1:shop:h:me'

/** The connection to hear on: does what the test tells it to. */
class Subscriber extends EventEmitter {
  status = 'wait'
  dials = 0
  destroyed = 0
  isDisconnected = false
  readonly subscriptions: { readonly channels: string[]; readonly reply: Deferred<unknown> }[] = []
  readonly stream = { destroy: () => void this.destroyed++ }

  connect(): Promise<void> {
    this.dials++
    return Promise.resolve()
  }

  subscribe(...channels: string[]): Promise<unknown> {
    const reply = deferred()
    this.subscriptions.push({ channels, reply })
    return reply.promise
  }

  disconnect(): void {
    this.isDisconnected = true
  }

  become(status: 'connect' | 'ready' | 'close' | 'end'): void {
    this.status = status
    this.emit(status)
  }
}

let clock: ManualClock
let subscriber: Subscriber
let trust: Trust
let wakes: Wakes
let bus: PublishBus
let heard: [string, Invalidation, string][]
let events: RedisEvent[]
let isReady: boolean
let redials: number
/** Nonces of the heartbeats that were sent. */
let beats: string[]
/** What Redis answers to them. */
let answer: () => Promise<unknown>

beforeEach(() => {
  clock = new ManualClock()
  subscriber = new Subscriber()
  trust = new Trust('publish')
  wakes = new Wakes(clock)
  ;[heard, events, beats] = [[], [], []]
  ;[isReady, redials] = [true, 0]
  answer = () => Promise.resolve([])
  const local = new LocalBus()
  local.listen((...what) => heard.push(what))
  bus = new PublishBus({
    subscriber: subscriber as unknown as CommandClient,
    link: { isReady: () => isReady, redial: () => void redials++ } as never,
    writes: {
      run: (_: unknown, keys: string[], [nonce]: string[]) => {
        if (keys[0] === HEARTBEAT) beats.push(String(nonce))
        return answer()
      },
    } as never,
    root: 'shop',
    instance: 'me',
    maxStaleness: B,
    bus: local,
    trust,
    wakes,
    lives: () => [],
    clock,
    report: (event) => events.push(event),
  })
})
afterEach(() => bus.close())

async function subscribed(): Promise<void> {
  subscriber.become('connect')
  subscriber.become('ready')
  subscriber.subscriptions.at(-1)?.reply.resolve(2)
  await settle()
}

/** The last heartbeat that was sent comes back. */
function beatBack(): void {
  subscriber.emit('message', HEARTBEAT, beats.at(-1))
}

const say = (message: Message, instance = 'another', namespace = 'shop.eu'): boolean =>
  subscriber.emit('message', CHANNEL, formatMessage({ instance, namespace, message }))

describe('trust', () => {
  test('begins when the subscription stands, from when it was asked for', async () => {
    expect(subscriber.dials).toBe(1)
    subscriber.become('connect')
    subscriber.become('ready')
    expect(subscriber.subscriptions[0]?.channels).toEqual([CHANNEL, HEARTBEAT])
    const askedAt = clock.now()
    await clock.advanceAsync(300)
    expect(trust.epoch).toBe(0)
    subscriber.subscriptions[0]?.reply.resolve(2)
    await settle()
    expect(trust.epoch).toBe(1)
    expect(trust.coherentUntil).toBe(askedAt + B)
  })

  test('does not begin with a subscription of a connection that is lost', async () => {
    subscriber.become('ready')
    subscriber.become('close')
    subscriber.subscriptions[0]?.reply.resolve(2)
    await settle()
    expect(trust.epoch).toBe(0)
    subscriber.become('ready')
    subscriber.subscriptions[1]?.reply.resolve(2)
    await settle()
    expect(trust.epoch).toBe(1)
  })

  test('is prolonged by each heartbeat that is heard, from when it was sent', async () => {
    await subscribed()
    await clock.advanceAsync(B / 5)
    const sentAt = clock.now()
    await clock.advanceAsync(50)
    beatBack()
    expect(trust.coherentUntil).toBe(sentAt + B)
    expect(trust.stats(clock.now(), clock.wall()).lag).toBe(50)
  })

  test('is not prolonged by the beat of another, or by what is said on the channel', async () => {
    await subscribed()
    const until = trust.coherentUntil
    await clock.advanceAsync(B / 5)
    subscriber.emit('message', HEARTBEAT, 'another')
    subscriber.emit('message', CHANNEL, beats.at(-1))
    expect(trust.coherentUntil).toBe(until)
  })

  test('ends on its own when the connection is lost, and begins anew with the next', async () => {
    await subscribed()
    const until = trust.coherentUntil
    const nonce = beats.at(-1)
    subscriber.become('close')
    expect(trust.isCoherent(until - 1)).toBe(true)
    expect(trust.stats(until, 0).reason).toContain('lost')
    subscriber.emit('message', HEARTBEAT, nonce)
    expect(trust.coherentUntil).toBe(until)
    await subscribed()
    expect(trust.epoch).toBe(2)
  })

  test('begins anew at a message that this version does not know', async () => {
    await subscribed()
    subscriber.emit('message', CHANNEL, '["another","shop","z",1]')
    expect(trust.epoch).toBe(2)
    expect(trust.isCoherent(clock.now())).toBe(true)
  })
})

describe('messages', () => {
  beforeEach(subscribed)

  test.each<Invalidation>([
    { kind: 'remove', keys: ['a', 'b'] },
    { kind: 'expire', key: 'a' },
    { kind: 'tags', tags: ['t'], soft: true },
    { kind: 'clear' },
  ])('of others are told here: $kind', (invalidation) => {
    say(invalidation)
    expect(heard).toEqual([['shop.eu', invalidation, 'heard']])
  })

  test('of its own are not', () => {
    say({ kind: 'clear' }, 'me')
    expect(heard).toEqual([])
  })

  test('wake who waits, in their namespace', async () => {
    const waiting = wakes.register('shop.eu', 'k')
    const other = wakes.register('shop', 'k')
    say({ kind: 'wake', key: 'k' })
    await waiting.until(1_000)
    let isWoken = false
    void other.until(1_000).then(() => (isWoken = true))
    await settle()
    expect(isWoken).toBe(false)
    expect(heard).toEqual([])
  })

  test('may have been missed while nobody listened: all are woken', async () => {
    const waiting = wakes.register('shop', 'k')
    subscriber.become('close')
    await subscribed()
    await waiting.until(1e9)
  })
})

/** As ioredis tells of an error reply. */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

describe('heartbeats', () => {
  test('are sent five times in the time of trust, on a connection that is ready', async () => {
    await subscribed()
    expect(beats).toHaveLength(1)
    for (let i = 0; i < 5; i++) {
      beatBack()
      await clock.advanceAsync(B / 5)
    }
    expect(beats).toHaveLength(6)
    isReady = false
    await clock.advanceAsync(B)
    expect(beats).toHaveLength(6)
  })

  test('are not sent before the subscription stands', async () => {
    await clock.advanceAsync(2 * B)
    expect(beats).toEqual([])
  })

  test('that are carried out and not heard end the connection of the bus', async () => {
    await subscribed()
    await clock.advanceAsync((4 * B) / 5)
    expect(subscriber.destroyed).toBe(0)
    await clock.advanceAsync(B / 5)
    expect([subscriber.destroyed, redials]).toEqual([1, 0])
    const reason = 'heartbeats are carried out and not heard'
    expect(events).toEqual([{ type: 'not-coherent', reason }])
  })

  test('missed in one long pause count as one', async () => {
    await subscribed()
    beatBack()
    clock.block(60_000)
    await clock.advanceAsync(B / 5)
    expect(subscriber.destroyed).toBe(0)
    expect(trust.isCoherent(clock.now())).toBe(false)
    beatBack()
    expect(trust.isCoherent(clock.now())).toBe(true)
  })

  test('that are refused: the reason is told', async () => {
    answer = () => Promise.reject(new Error('READONLY'))
    await subscribed()
    clock.advance(B)
    expect(trust.stats(clock.now(), 0).reason).toBe('the heartbeat was refused: READONLY')
  })
})

describe('a channel', () => {
  test('that is refused is told of, and asked for again', async () => {
    subscriber.become('ready')
    subscriber.subscriptions[0]?.reply.reject(refusal('NOPERM'))
    await bus.started
    expect(trust.stats(clock.now(), 0).reason).toContain('NOPERM')
    expect(events).toHaveLength(1)
    await clock.advanceAsync(5_000)
    subscriber.subscriptions[1]?.reply.resolve(2)
    await settle()
    expect(trust.epoch).toBe(1)
  })

  test.each<[string, () => void]>([
    ['ready', () => subscriber.become('connect')],
    ['subscribed', () => subscriber.become('ready')],
  ])('whose connection does not become %s is dropped', async (_, begin) => {
    begin()
    await clock.advanceAsync(4_999)
    expect(subscriber.destroyed).toBe(0)
    await clock.advanceAsync(1)
    expect(subscriber.destroyed).toBe(1)
  })

  test('that stands is not', async () => {
    await subscribed()
    for (let i = 0; i < 60; i++) {
      beatBack()
      await clock.advanceAsync(B / 5)
    }
    expect(subscriber.destroyed).toBe(0)
  })

  test('that the client gave up is dialled again', async () => {
    subscriber.become('end')
    await clock.advanceAsync(2_000)
    expect(subscriber.dials).toBe(2)
  })

  test('leaves nothing behind when it is closed', async () => {
    await subscribed()
    bus.close()
    bus.close()
    await bus.started
    expect(subscriber.isDisconnected).toBe(true)
    expect(subscriber.listenerCount('message')).toBe(0)
    subscriber.emit('error', new Error('its socket ended'))
    const sent = beats.length
    await clock.advanceAsync(60_000)
    expect([beats.length, subscriber.dials]).toEqual([sent, 1])
  })
})
