import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CodecError, TierUnavailableError } from '../../../src/errors.js'
import { Guard, type GuardState } from '../../../src/tier/guard.js'
import type { Link, LinkStatus } from '../../../src/tier/link.js'
import { ManualClock, settle } from '../../support/manual-clock.js'

const settings = {
  timeout: 100,
  maxInFlight: 4,
  breaker: { failures: 3, window: 1_000, halfOpenAfter: 1_000 },
}

/** A link that a test moves by hand. */
class ManualLink implements Link {
  status: LinkStatus = 'connecting'
  redials = 0
  pings: { resolve: () => void; reject: (error: Error) => void }[] = []
  /** Answers of pings to come; by default they hang. */
  alive = false
  readonly started: Promise<void>
  #start!: () => void
  readonly #listeners: (() => void)[] = []

  constructor() {
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
  }

  reason(): string | undefined {
    return this.status === 'ready' ? undefined : 'connect ECONNREFUSED'
  }

  ping(): Promise<void> {
    if (this.alive) return Promise.resolve()
    return new Promise((resolve, reject) => this.pings.push({ resolve, reject }))
  }

  redial(): void {
    this.redials += 1
  }

  onChange(fn: () => void): void {
    this.#listeners.push(fn)
  }

  async become(status: LinkStatus): Promise<void> {
    this.status = status
    for (const listener of this.#listeners) listener()
    await settle()
  }

  async start(status: LinkStatus): Promise<void> {
    await this.become(status)
    this.#start()
    await settle()
  }
}

let clock: ManualClock
let link: ManualLink
let states: GuardState[]
let guard: Guard
let unhandled: unknown[]

const note = (reason: unknown): void => void unhandled.push(reason)

beforeEach(() => {
  clock = new ManualClock()
  link = new ManualLink()
  states = []
  unhandled = []
  guard = new Guard(settings, link, clock, (state) => states.push(state))
  process.on('unhandledRejection', note)
})

afterEach(async () => {
  await settle()
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

/** Runs it; the rejection may be looked at later. */
function begin<T>(work: () => Promise<T>): Promise<T> {
  const begun = guard.run(work)
  begun.catch(() => {})
  return begun
}

const never = (): Promise<never> => new Promise(() => {})
const fails = (error: Error) => (): Promise<never> => Promise.reject(error)
const lost = new Error('Connection is closed.')

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

/** How an operation ended: its value, or the reason of its `TierUnavailableError`. */
async function outcome(promise: Promise<unknown>): Promise<unknown> {
  let ended: unknown = 'waiting'
  promise.then(
    (value) => {
      ended = value
    },
    (error: unknown) => {
      ended = error instanceof TierUnavailableError ? error.reason : error
    },
  )
  await settle()
  return ended
}

async function openIt(): Promise<void> {
  for (let i = 0; i < settings.breaker.failures; i++) await outcome(guard.run(fails(lost)))
  expect(guard.state).toBe('open')
}

describe('a guard whose link has not started', () => {
  test('lets operations wait, then sends them', async () => {
    const waiting = guard.run(() => Promise.resolve('value'))
    expect(guard.state).toBe('connecting')
    expect(guard.isUsable()).toBe(true)
    expect(await outcome(waiting)).toBe('waiting')
    await link.start('ready')
    expect(await waiting).toBe('value')
    expect(states).toEqual(['closed'])
  })

  test('counts the timeout from the start', async () => {
    const waiting = outcome(guard.run(never))
    clock.advance(900)
    expect(await waiting).toBe('waiting')
    const second = begin(never)
    await link.start('ready')
    clock.advance(99)
    expect(await outcome(second)).toBe('waiting')
    clock.advance(1)
    expect(await outcome(second)).toBe('timeout')
  })

  test('fails what waits when there is no connection in time', async () => {
    const waiting = begin(() => Promise.resolve('value'))
    await link.start('down')
    expect(await outcome(waiting)).toBe('connection')
    expect(guard.isUsable()).toBe(false)
    expect(states).toEqual(['open'])
    await expect(guard.run(never)).rejects.toThrow('redis: connect ECONNREFUSED')
  })

  test('bounds how many wait', async () => {
    const waiting = Array.from({ length: 40 }, (_, i) => guard.run(() => i))
    expect(guard.isUsable()).toBe(false)
    expect(await outcome(guard.run(() => 'value'))).toBe('saturated')
    await link.start('ready')
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 40 }, (_, i) => i))
  })
})

describe('a guard with a connection', () => {
  beforeEach(() => link.start('ready'))

  test('passes on values, given at once or later', async () => {
    expect(await guard.run(() => 1)).toBe(1)
    expect(await guard.run(() => Promise.resolve(2))).toBe(2)
  })

  test('ends an operation at its timeout, and ignores its late reply', async () => {
    let answer!: (value: string) => void
    const slow = begin(() => new Promise<string>((resolve) => (answer = resolve)))
    clock.advance(60)
    const quick = guard.run(() => Promise.resolve('quick'))
    expect(await quick).toBe('quick')
    clock.advance(40)
    expect(await outcome(slow)).toBe('timeout')
    answer('late')
    expect(await outcome(slow)).toBe('timeout')
  })

  test('needs no timer per operation', async () => {
    const before = clock.waiting
    for (let i = 0; i < 4; i++) void guard.run(never).catch(() => {})
    expect(clock.waiting - before).toBe(1)
    await clock.advanceAsync(100)
  })

  test('ends each at its own time', async () => {
    const first = begin(never)
    clock.advance(30)
    const second = begin(never)
    await clock.advanceAsync(70)
    expect([await outcome(first), await outcome(second)]).toEqual(['timeout', 'waiting'])
    await clock.advanceAsync(30)
    expect(await outcome(second)).toBe('timeout')
  })

  test('reads replies that came while the event loop was blocked before it calls anything late', async () => {
    let answer!: (value: string) => void
    const read = guard.run(() => new Promise<string>((resolve) => (answer = resolve)))
    clock.after(100, () => answer('in time')) // the socket is read after the timers
    clock.block(500)
    await clock.advanceAsync(0)
    expect(await outcome(read)).toBe('in time')
  })

  test('gives as long again as the event loop was blocked, at most the timeout', async () => {
    const read = guard.run(never)
    read.catch(() => {})
    clock.block(500)
    await clock.advanceAsync(99)
    expect(await outcome(read)).toBe('waiting')
    await clock.advanceAsync(2)
    expect(await outcome(read)).toBe('timeout')
  })

  test('counts from the end of the turn that asked, however long that took', async () => {
    const first = begin(never)
    clock.block(80)
    const second = begin(never)
    clock.block(80)
    await settle() // sent
    await clock.advanceAsync(99)
    expect(await Promise.all([first, second].map(outcome))).toEqual(['waiting', 'waiting'])
    await clock.advanceAsync(1)
    expect(await Promise.all([first, second].map(outcome))).toEqual(['timeout', 'timeout'])
  })

  test('gives back several pauses, altogether at most the timeout', async () => {
    const read = begin(never)
    await clock.advanceAsync(90)
    clock.block(40) // 30 late
    await clock.advanceAsync(20)
    clock.block(50) // 40 late
    await clock.advanceAsync(30)
    clock.block(100) // 90 late, of which 30 are left
    await clock.advanceAsync(29)
    expect(await outcome(read)).toBe('waiting')
    await clock.advanceAsync(1)
    expect(await outcome(read)).toBe('timeout')
    const next = begin(never)
    clock.block(90)
    await settle()
    await clock.advanceAsync(99)
    expect(await outcome(next)).toBe('waiting')
    await clock.advanceAsync(1)
    expect(await outcome(next)).toBe('timeout')
  })

  test('sends at most maxInFlight at once, the others in the order they came', async () => {
    const sent: number[] = []
    const answers: (() => void)[] = []
    const ask = (i: number): Promise<number> =>
      begin(() => {
        sent.push(i)
        return new Promise((resolve) => answers.push(() => resolve(i)))
      })
    const asked = Array.from({ length: 10 }, (_, i) => ask(i))
    expect(sent).toEqual([0, 1, 2, 3])
    expect(guard.isUsable()).toBe(true)
    answers[2]?.()
    answers[0]?.()
    await settle()
    expect(sent).toEqual([0, 1, 2, 3, 4, 5])
    for (let i = 0; i < 10; i++) {
      answers[i]?.()
      await settle()
    }
    expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('a line that is answered on the spot is no recursion', async () => {
    const deep = new Guard({ ...settings, maxInFlight: 10_000 }, link, clock, () => {})
    const early = Array.from({ length: 50_000 }, (_, i) => deep.run(() => i))
    expect((await Promise.all(early)).at(-1)).toBe(49_999)
    deep.close()
  })

  test('refuses at once when ten times maxInFlight wait', async () => {
    const asked = Array.from({ length: 44 }, () => begin(never))
    expect(guard.isUsable()).toBe(false)
    await expect(guard.run(never)).rejects.toThrow('40 operations are waiting already')
    expect(await outcome(asked[43] as Promise<never>)).toBe('waiting')
    expect(await outcome(guard.run(never))).toBe('saturated')
    guard.close()
  })

  test('the time in line does not count, as long as it moves', async () => {
    const one = new Guard({ ...settings, maxInFlight: 1 }, link, clock, () => {})
    await settle()
    const answers: (() => void)[] = []
    const asked = Array.from({ length: 8 }, (_, i) =>
      one.run(() => new Promise<number>((resolve) => answers.push(() => resolve(i)))),
    )
    for (let i = 0; i < 8; i++) {
      await clock.advanceAsync(90)
      answers[i]?.()
    }
    expect(await Promise.all(asked)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(one.state).toBe('closed')
    one.close()
  })

  test('nobody waits in line for longer than ten timeouts', async () => {
    const two = new Guard({ ...settings, maxInFlight: 2 }, link, clock, () => {})
    await settle()
    const answers: (() => void)[] = []
    const slow = (): Promise<void> =>
      two.run(() => new Promise<void>((resolve) => answers.push(resolve)))
    void two.run(never).catch(() => {}) // keeps its slot
    const asked = Array.from({ length: 20 }, slow)
    const outcomes = Promise.allSettled(asked)
    for (let i = 0; i < 11; i++) {
      await clock.advanceAsync(95)
      answers[i]?.()
      await settle()
    }
    const ended = await outcomes
    expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(11)
    expect(ended.at(-1)).toMatchObject({
      reason: { reason: 'saturated', message: 'redis: no slot (maxInFlight) within 1000 ms' },
    })
    expect(two.state, 'others are answered').toBe('closed')
    two.close()
  })

  test('the time behind others that are answered says nothing against Redis', async () => {
    const answers: (() => void)[] = []
    const ask = (): Promise<unknown> =>
      begin(() => new Promise<void>((resolve) => answers.push(resolve)))
    const ahead = ask()
    clock.advance(50)
    const behind = Array.from({ length: 3 }, ask)
    answers[0]?.()
    await clock.advanceAsync(100)
    expect(await outcome(ahead)).toBeUndefined()
    expect(await Promise.all(behind.map(outcome))).toEqual(['timeout', 'timeout', 'timeout'])
    expect(guard.state).toBe('closed')
  })

  test('who is overtaken by others was not behind them', async () => {
    const overtaken = Array.from({ length: 3 }, () => begin(never))
    await outcome(guard.run(() => 'reply'))
    await clock.advanceAsync(100)
    expect(await Promise.all(overtaken.map(outcome))).toEqual(['timeout', 'timeout', 'timeout'])
    expect(guard.state).toBe('open')
  })

  test('a line behind nothing but what has timed out opens the breaker', async () => {
    const one = new Guard({ ...settings, maxInFlight: 1 }, link, clock, () => {})
    await settle()
    const asked = Array.from({ length: 3 }, () => one.run(never))
    for (const asking of asked) asking.catch(() => {})
    await clock.advanceAsync(100)
    expect(await Promise.all(asked.map(outcome))).toEqual(['timeout', 'open', 'open'])
    expect(one.state).toBe('open')
    one.close()
  })

  test('a line that forms behind nothing but what has timed out opens the breaker', async () => {
    const two = new Guard({ ...settings, maxInFlight: 2 }, link, clock, () => {})
    await settle()
    for (let i = 0; i < 2; i++) two.run(never).catch(() => {})
    await clock.advanceAsync(100)
    expect(two.state, 'two of three failures').toBe('closed')
    const late = two.run(never)
    expect(await outcome(late)).toBe('open')
    expect(two.state).toBe('open')
    two.close()
  })

  test('what a turn asks for does not end before it was sent', async () => {
    const first = begin(never)
    clock.block(103) // hardly late
    clock.due()
    expect(await outcome(first)).toBe('waiting')
    await clock.advanceAsync(99)
    expect(await outcome(first)).toBe('waiting')
    await clock.advanceAsync(1)
    expect(await outcome(first)).toBe('timeout')
  })

  test('a burst that freezes half-way opens the breaker, which ends the line', async () => {
    const answers: (() => void)[] = []
    const asked = Array.from({ length: 20 }, (_, i) =>
      begin(() => new Promise<number>((resolve) => answers.push(() => resolve(i)))),
    )
    for (let i = 0; i < 10; i++) {
      clock.advance(20)
      answers[i]?.()
      await settle()
    }
    await clock.advanceAsync(100)
    expect(guard.state).toBe('open')
    const outcomes = await Promise.all(asked.map(outcome))
    expect(outcomes.slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    expect(outcomes.slice(14)).toEqual(Array.from({ length: 6 }, () => 'open'))
  })

  test('a timed-out operation keeps its slot until its reply comes', async () => {
    const answers: ((value: string) => void)[] = []
    const ask = (): Promise<string> => begin(() => new Promise((resolve) => answers.push(resolve)))
    const asked = [ask(), ask(), ask(), ask()]
    answers[2]?.('reply')
    answers[3]?.('reply')
    await settle()
    clock.advance(100)
    expect(await outcome(asked[0] as Promise<string>)).toBe('timeout')
    expect(await outcome(guard.run(() => 'free'))).toBe('free')
    void ask()
    void ask()
    const waiting = ask()
    expect(answers).toHaveLength(6)
    answers[0]?.('late')
    await settle()
    expect(answers).toHaveLength(7)
    answers[6]?.('sent')
    expect(await outcome(waiting)).toBe('sent')
    clock.advance(100)
  })

  test.each([
    ['the connection is lost', 'connection', async () => link.become('down')],
    ['the breaker opens', 'open', () => clock.advanceAsync(50)],
    ['it is closed', 'closed', async () => guard.close()],
  ])('ends what waits in line when %s', async (_, reason, happen) => {
    for (let i = 0; i < 4; i++) void begin(never)
    clock.advance(50)
    let sent = 0
    const waiting = Array.from({ length: 5 }, () => begin(async () => (sent += 1)))
    await happen()
    const ended = await Promise.all(waiting.map((one) => outcome(one)))
    expect(ended).toEqual(Array.from({ length: 5 }, () => reason))
    expect(sent).toBe(0)
  })

  test.each([
    ['OOM command not allowed', 'refused'],
    ['LOADING Redis is loading the dataset in memory', 'connection'],
  ])('gives %s the reason %s, and the reply as the cause', async (message, reason) => {
    const error = reply(message)
    const failed = await guard.run(fails(error)).catch((caught: unknown) => caught)
    expect(failed).toMatchObject({ reason, cause: error, code: 'STRATA_TIER_UNAVAILABLE' })
  })

  test('a synchronous throw is a rejection', async () => {
    const thrown = guard.run(() => {
      throw lost
    })
    expect(await outcome(thrown)).toBe('connection')
  })

  test("passes this package's own errors on as they are", async () => {
    const error = new CodecError('x', { path: '', type: 'Foo' })
    expect(await outcome(guard.run(fails(error)))).toBe(error)
  })

  test('opens after failures, and then nobody waits', async () => {
    await openIt()
    expect(states).toEqual(['closed', 'open'])
    expect(guard.isUsable()).toBe(false)
    let asked = false
    const refused = guard.run(() => {
      asked = true
    })
    await expect(refused).rejects.toMatchObject({ reason: 'open', cause: lost })
    expect(asked).toBe(false)
  })

  test('timeouts open it', async () => {
    const waiting = [1, 2, 3].map(() => outcome(guard.run(never)))
    await clock.advanceAsync(100)
    await Promise.all(waiting)
    expect(guard.state).toBe('open')
  })

  test('refusals do not open it', async () => {
    for (let i = 0; i < 10; i++) await outcome(guard.run(fails(reply('READONLY x'))))
    expect(guard.state).toBe('closed')
  })

  test('a probe in the background closes it', async () => {
    await openIt()
    link.alive = true
    await clock.advanceAsync(999)
    expect(guard.state).toBe('open')
    await clock.advanceAsync(1)
    expect(guard.state).toBe('closed')
    expect(states).toEqual(['closed', 'open', 'closed'])
    expect(await guard.run(() => 1)).toBe(1)
  })

  test('a probe in vain is tried again, and announced to nobody', async () => {
    await openIt()
    await clock.advanceAsync(1_000)
    expect(guard.state).toBe('half-open')
    expect(await outcome(guard.run(() => 1))).toBe('open')
    await clock.advanceAsync(100)
    expect(guard.state).toBe('open')
    await clock.advanceAsync(1_100)
    expect(states).toEqual(['closed', 'open'])
    expect(link.pings).toHaveLength(1)
  })

  test('a late answer to a probe is followed by another at once', async () => {
    await openIt()
    await clock.advanceAsync(1_500)
    link.alive = true
    link.pings[0]?.resolve()
    await settle()
    expect(guard.state).toBe('closed')
  })

  test('an error reply to a probe that shows a living server closes it', async () => {
    await openIt()
    await clock.advanceAsync(1_000)
    link.pings[0]?.reject(reply('NOPERM this user has no permissions'))
    await settle()
    expect(guard.state).toBe('closed')
  })

  test('redials a connection that answers no probe for five seconds', async () => {
    await openIt()
    await clock.advanceAsync(5_900)
    expect(link.redials).toBe(0)
    await clock.advanceAsync(1_100)
    expect(link.redials).toBe(1)
  })

  test('a lost connection ends what is in flight, at once', async () => {
    const read = begin(never)
    await link.become('down')
    expect(await outcome(read)).toBe('connection')
    expect(await outcome(guard.run(never))).toBe('connection')
    expect(states).toEqual(['closed', 'open'])
  })

  test('slots of a lost connection are free on the next one, late replies notwithstanding', async () => {
    const answers: (() => void)[] = []
    for (let i = 0; i < 4; i++) {
      guard.run(() => new Promise<void>((resolve) => answers.push(resolve))).catch(() => {})
    }
    link.alive = true
    await link.become('down')
    await link.become('ready')
    expect(guard.isUsable()).toBe(true)
    for (const answer of answers) answer()
    await settle()
    let sent = 0
    for (let i = 0; i < 5; i++) {
      void begin(() => {
        sent += 1
        return never()
      })
    }
    expect(sent).toBe(4)
    await clock.advanceAsync(100)
  })

  test('a connection that is ready again is used once it has answered a ping', async () => {
    await link.become('down')
    await link.become('ready')
    expect(guard.state).toBe('half-open')
    link.pings[0]?.resolve()
    await settle()
    expect(guard.state).toBe('closed')
    expect(states).toEqual(['closed', 'open', 'closed'])
  })

  test('is of no use after close, and says so', async () => {
    const read = begin(never)
    guard.close()
    expect(await outcome(read)).toBe('closed')
    expect(await outcome(guard.run(() => 1))).toBe('closed')
    expect(guard.isUsable()).toBe(false)
    expect(clock.waiting).toBe(0)
    guard.close()
  })
})

test('close before the start ends what waits', async () => {
  const read = begin(() => Promise.resolve(1))
  guard.close()
  expect(await outcome(read)).toBe('closed')
  await link.start('ready')
  expect(states).toEqual([])
})
