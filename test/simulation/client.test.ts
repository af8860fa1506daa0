import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { describeRedis } from '../support/redis-server.js'
import {
  type AnyClient,
  type ClientDriver,
  realDriver,
  simulatedDriver,
} from './client/client-driver.js'

const STRICT = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  autoResubscribe: false,
} as const

/** One suite for both: the simulated client does what ioredis does. */
function suite(make: () => Promise<ClientDriver>): void {
  let driver: ClientDriver

  beforeAll(async () => {
    driver = await make()
  })

  afterAll(async () => await driver.close())

  function open(options: Parameters<ClientDriver['open']>[0] = {}): {
    client: AnyClient
    events: string[]
  } {
    const client = driver.open(options)
    const events: string[] = []
    for (const event of ['connect', 'ready', 'close', 'reconnecting', 'end']) {
      client.on(event, () => events.push(event))
    }
    return { client, events }
  }

  beforeEach(async () => {
    const { client } = open()
    const flushed = client.call('FLUSHALL')
    await driver.pass()
    await flushed
    client.disconnect()
  })

  /** What becomes of a promise while time passes. */
  async function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
    let outcome: unknown = 'pending'
    promise.then(
      (value) => (outcome = value),
      (error: Error) => (outcome = `${error.name}: ${error.message}`),
    )
    await driver.pass()
    return outcome
  }

  test('connects by itself, or when told to', async () => {
    const eager = open()
    const lazy = open({ lazyConnect: true })
    expect(eager.client.status).toBe('connecting')
    expect(lazy.client.status).toBe('wait')
    await driver.pass()
    expect(eager.events).toEqual(['connect', 'ready'])
    expect(lazy.events).toEqual([])
    expect(await outcomeOf(lazy.client.connect())).toBeUndefined()
    expect(lazy.client.status).toBe('ready')
  })

  test('answers in order, bytes or text', async () => {
    const { client } = open()
    const written = client.call('SET', 'k', Buffer.from([0, 255]))
    const read = client.getBuffer('k')
    const many = client.mgetBuffer(['k', 'none'])
    const wrong = outcomeOf(client.call('INCR', 'k'))
    expect(await outcomeOf(written)).toBe('OK')
    expect(await read).toEqual(Buffer.from([0, 255]))
    expect(await many).toEqual([Buffer.from([0, 255]), null])
    expect(await wrong).toBe('ReplyError: ERR value is not an integer or out of range')
  })

  test('the bytes of every reply are its own', async () => {
    const { client } = open()
    const written = client.call('SET', 'k', 'v')
    const asked = [client.getBuffer('k'), client.getBuffer('k'), client.mgetBuffer(['k', 'k'])]
    expect(await outcomeOf(written)).toBe('OK')
    const replies = (await Promise.all(asked)).flat()
    expect(replies).toEqual(Array.from({ length: 4 }, () => Buffer.from('v')))
    // `EntryReader` knows a reply again by its being the same object
    expect(new Set(replies).size).toBe(4)
  })

  test('a pipeline gives an outcome for each command', async () => {
    const { client } = open()
    const pipeline = client.pipeline()
    pipeline.call('SET', 'k', 'v')
    pipeline.call('INCR', 'k')
    pipeline.call('GET', 'k')
    const outcomes = (await outcomeOf(pipeline.exec())) as [Error | null, unknown][]
    expect(outcomes.map(([error, reply]) => error?.name ?? reply)).toEqual([
      'OK',
      'ReplyError',
      'v',
    ])
  })

  test('what was unanswered is given up when its options say so', async () => {
    const { client, events } = open(STRICT)
    await driver.pass()
    driver.freeze()
    const asked = client.getBuffer('k')
    expect(await outcomeOf(asked)).toBe('pending')
    client.stream?.destroy()
    expect(await outcomeOf(asked)).toMatch(/^MaxRetriesPerRequestError: /)
    driver.thaw()
    await driver.pass(400)
    expect(events).toEqual(['connect', 'ready', 'close', 'reconnecting', 'connect', 'ready'])
  })

  test('and is sent again when they say that', async () => {
    const { client } = open()
    await driver.pass()
    driver.freeze()
    const asked = client.call('INCR', 'counter')
    await driver.pass()
    client.stream?.destroy()
    await driver.pass()
    driver.thaw()
    await driver.pass(400)
    // both copies arrived: nothing tells a server that they are one
    expect(await outcomeOf(asked)).toBe(2)
  })

  test('without a connection commands wait, or fail at once', async () => {
    const waiting = open({ lazyConnect: true })
    const strict = open({ ...STRICT, lazyConnect: true })
    strict.client.connect().catch(() => {})
    const failed = strict.client.getBuffer('k')
    expect(await outcomeOf(failed)).toBe(
      "Error: Stream isn't writeable and enableOfflineQueue options is false",
    )
    expect(await outcomeOf(waiting.client.getBuffer('k'))).toBeNull()
  })

  test('a subscriber gets messages in order, and nothing after it has left', async () => {
    const { client } = open()
    const messages: string[] = []
    client.on('messageBuffer', (channel: Buffer, message: Buffer) =>
      messages.push(`${channel.toString()} ${message.toString()}`),
    )
    const other = open().client
    expect(await outcomeOf(client.subscribe('a', 'b'))).toBe(2)
    for (const message of ['1', '2', '3']) void other.publish('a', message)
    expect(await outcomeOf(other.publish('b', '4'))).toBe(1)
    expect(messages).toEqual(['a 1', 'a 2', 'a 3', 'b 4'])
    expect(await outcomeOf(client.unsubscribe('a'))).toBe(1)
    expect(await outcomeOf(other.publish('a', '5'))).toBe(0)
    expect(messages).toHaveLength(4)
  })

  test('a subscriber subscribes again on the next connection, unless told not to', async () => {
    const faithful = open().client
    const strict = open(STRICT).client
    await driver.pass()
    await outcomeOf(Promise.all([faithful.subscribe('c'), strict.subscribe('c')]))
    for (const client of [faithful, strict]) client.stream?.destroy()
    await driver.pass(400)
    expect([faithful.status, strict.status]).toEqual(['ready', 'ready'])
    expect(await outcomeOf(open().client.publish('c', 'm'))).toBe(1)
  })

  test.each(['quit', 'disconnect'] as const)('%s ends it', async (how) => {
    const { client, events } = open()
    await driver.pass()
    void client[how]()
    await driver.pass(400)
    expect(events).toEqual(['connect', 'ready', 'close', 'end'])
    expect(await outcomeOf(client.getBuffer('k'))).toBe('Error: Connection is closed.')
  })
}

describe('the simulated client', () => suite(simulatedDriver))
describeRedis('ioredis', () => suite(realDriver))
