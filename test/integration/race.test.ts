import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ExampleProgram, isGone, outputOf, startExample } from '../support/example-program.js'

const running = new Set<ExampleProgram>()

afterEach(() => {
  for (const race of running) race.process.kill('SIGKILL')
  running.clear()
})

function startRace(args: readonly string[]): ExampleProgram {
  // A Redis of the caller's must not be touched: this one would not even answer.
  const race = startExample('examples/race/main.ts', args, {
    ...process.env,
    REDIS_URL: 'redis://127.0.0.1:1',
  })
  running.add(race)
  return race
}

/** Redis, then both processes. */
function pidsOf(output: string): number[] {
  const [, redis, first, second] =
    /child process, pid (\d+)[^]*?^processes +pid (\d+), (\d+)/m.exec(output) ?? []
  return [redis, first, second].map(Number)
}

async function expectNothingLeft(race: ExampleProgram): Promise<void> {
  for (const pid of pidsOf(race.output())) expect(await isGone(pid), `pid ${pid}`).toBe(true)
}

const milliseconds: Readonly<Record<string, number>> = { µs: 0.001, ms: 1, s: 1000 }
const number = String.raw`(\d+)`
const duration = String.raw`(-|[\d.e+]+ (?:µs|ms|s))`

/** A row of the summary. */
function rowOf(output: string, name: string) {
  const ages = ` +${number} +${duration} +${duration}`
  const row = new RegExp(`^${name} +${number}${ages}${ages} +(\\d+(?: \\d+)*)$`, 'm').exec(output)
  if (!row) throw new Error(`no row of ${name} in\n${output}`)
  const [, reads, own, , , other, , oldestOther, wrong = ''] = row
  const [amount = '0', unit = 'ms'] = oldestOther === '-' ? [] : (oldestOther?.split(' ') ?? [])
  return {
    reads: Number(reads),
    own: Number(own),
    other: Number(other),
    oldestOther: Number(amount) * (milliseconds[unit] ?? Number.NaN),
    wrong: wrong.split(' ').map(Number),
  }
}

describe('race', () => {
  describe('--once', () => {
    let race: ExampleProgram
    beforeAll(async () => {
      race = startRace(['--once'])
      await race.ended
    })

    it('cuts the subscribers, rests, sums up, ends and leaves nothing behind', async () => {
      expect(race.process.exitCode, race.output()).toBe(0)
      const output = race.output()
      expect(output).toMatch(/^ +1 s {2}naive: \d+ reads, stale own .* \| Strata: \d+ reads, /m)
      expect(output).toMatch(/^ +CLIENT KILL TYPE pubsub: \d+ connections cut/m)
      expect(output).toMatch(/^ +at rest: rows of \d+ that are wrong: naive \d+, Strata \d+$/m)
      expect(output).toMatch(/^6 s, 2 processes, \d+ rows, \d+ writes, ttl 60 s$/m)
      await expectNothingLeft(race)
    })

    it('shows stale reads of the naive cache, in its own process too', () => {
      const naive = rowOf(race.output(), 'naive')
      expect(naive.reads).toBeGreaterThan(1_000)
      expect(naive.own).toBeGreaterThan(0)
      expect(naive.other).toBeGreaterThan(0)
    })

    it('reads as often through Strata, never stale in the process that deleted', () => {
      const strata = rowOf(race.output(), 'Strata')
      expect(strata.reads).toBe(rowOf(race.output(), 'naive').reads)
      expect(strata.own).toBe(0)
    })

    it('finds Strata within maxStaleness in other processes', () => {
      expect(rowOf(race.output(), 'Strata').oldestOther).toBeLessThanOrEqual(2_000)
    })

    it('finds no row of Strata wrong at rest', () => {
      expect(rowOf(race.output(), 'Strata').wrong).toEqual([0])
    })
  })

  it.each(['SIGINT', 'SIGKILL'] as const)('takes everything with it on %s', async (signal) => {
    const race = startRace([])
    await outputOf(race, /^ +1 s /m)
    race.process.kill(signal)
    expect(await race.ended, race.output()).toBe(signal === 'SIGINT' ? 0 : null)
    expect(race.output()).not.toContain('Error')
    await expectNothingLeft(race)
  })

  it.each([
    [['--twice'], 'unknown argument --twice'],
    [['--seconds'], '--seconds must be a whole number from 5 to 3600, not nothing'],
    [['--seconds', '1.5'], '--seconds must be a whole number from 5 to 3600, not 1.5'],
  ])('refuses %j', async (args, message) => {
    const race = startRace(args)
    expect(await race.ended).toBe(1)
    expect(race.output()).toContain(message)
  })
})
