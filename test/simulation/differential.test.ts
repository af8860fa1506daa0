import { afterAll, beforeAll, expect, test } from 'vitest'
import { Dice } from '../support/dice.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'
import { type Call, scriptCall } from './differential/calls.js'
import { commandCall } from './differential/command-calls.js'
import { DIALECT } from './differential/dialect.js'
import { Pair } from './differential/pair.js'
import { SCRIPT_ARGUMENTS } from './differential/script-arguments.js'
import { type NamedScript, scriptsOfTheProgram } from './differential/scripts.js'

const BATCH = 250

describeRedis('the simulated Redis answers as a real one', () => {
  let server: RedisServer
  let pair: Pair
  let scripts: NamedScript[]
  const anyScript = (dice: Dice): Call => scriptCall(dice, scripts)

  beforeAll(async () => {
    server = await startRedis()
    pair = new Pair(server.url)
    scripts = await scriptsOfTheProgram()
  })

  afterAll(async () => {
    await pair.close()
    await server.close()
  })

  /** Some keys that are in the way, then `count` calls. */
  async function compare(seed: number, count: number, make: (dice: Dice) => Call): Promise<void> {
    const dice = new Dice(seed)
    for (let done = 0; done < count; done += BATCH) {
      const obstacles: Call[] = [
        ['RPUSH', 'list', 'a'],
        ['HSET', 'hash', 'a', 'b'],
      ]
      const calls = [...obstacles, ...Array.from({ length: BATCH }, () => make(dice))]
      expect(await pair.firstDifference(calls), `seed ${seed}, after ${done} calls`).toBeUndefined()
    }
  }

  test('to every script of the program, whatever it is called with', async () => {
    await compare(1, 10_000, anyScript)
  })

  test('and there is a plausible call of each of them', () => {
    const without = scripts.filter(({ name }) => SCRIPT_ARGUMENTS[name] === undefined)
    expect(scripts.length).toBe(Object.keys(SCRIPT_ARGUMENTS).length)
    expect(without.map(({ name }) => name)).toEqual([])
  })

  test('to commands, within scripts and outside', async () => {
    await compare(2, 5_000, commandCall)
  })

  test('to what scripts rely on of the language', async () => {
    const calls = DIALECT.map((lua): Call => ['EVAL', lua, 0])
    expect(await pair.firstDifference([['RPUSH', 'list', 'a'], ...calls])).toBeUndefined()
  })

  test.each([
    ['full', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
    ['readOnly', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
    [
      'noReplicas',
      ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
      ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
    ],
  ] as const)('when it is %s', async (name, on, off) => {
    await compare(3, BATCH, commandCall)
    await pair.command(...(on as unknown as Call))
    pair.simulated.switches[name] = true
    try {
      const dice = new Dice(4)
      for (const make of [anyScript, commandCall]) {
        const calls = Array.from({ length: 1_000 }, () => make(dice))
        expect(await pair.firstDifference(calls)).toBeUndefined()
      }
    } finally {
      await pair.command(...(off as unknown as Call))
      pair.simulated.switches[name] = false
    }
  })
})
