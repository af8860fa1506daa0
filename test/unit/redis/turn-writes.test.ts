import { beforeEach, describe, expect, test } from 'vitest'
import { TAKE } from '../../../src/redis/lease-scripts.js'
import type { CommandClient } from '../../../src/redis/redis-client.js'
import type { RedisLink } from '../../../src/redis/redis-link.js'
import type { JoinedScript } from '../../../src/redis/joined-script.js'
import { defineScript } from '../../../src/redis/script.js'
import { Turn } from '../../../src/redis/turn.js'
import { TurnWrites } from '../../../src/redis/turn-writes.js'

const OTHER = defineScript('other', 'return 1')

/** Notes what is sent and answers as Redis would when every key but `taken` holds nothing. */
class Recorder {
  readonly sent: unknown[][] = []
  readonly isCluster: boolean

  constructor(isCluster: boolean) {
    this.isCluster = isCluster
  }

  set(...args: unknown[]): Promise<unknown> {
    this.sent.push(['set', ...args])
    return Promise.resolve(args[0] === 'taken' ? null : 'OK')
  }

  eval(lua: string, count: number, ...rest: unknown[]): Promise<unknown> {
    const keys = rest.slice(0, count)
    this.sent.push([lua === TAKE.lua ? 'take' : 'other', ...rest])
    return Promise.resolve(lua === TAKE.lua ? keys.map((key) => Number(key !== 'taken')) : 'done')
  }

  evalsha(_sha: string, count: number, ...rest: unknown[]): Promise<unknown> {
    return this.eval(TAKE.lua, count, ...rest)
  }

  pipeline(): unknown {
    const replies: Promise<unknown>[] = []
    return {
      set: (...args: unknown[]) => replies.push(this.set(...args)),
      eval: (lua: string, count: number, ...rest: unknown[]) =>
        replies.push(this.eval(lua, count, ...rest)),
      evalsha: (sha: string, count: number, ...rest: unknown[]) =>
        replies.push(this.evalsha(sha, count, ...rest)),
      exec: async () => (await Promise.all(replies)).map((reply) => [null, reply]),
    }
  }
}

describe('what is put under keys that hold nothing', () => {
  let client: Recorder
  let writes: TurnWrites
  let isReady: boolean

  const open = (isCluster: boolean): void => {
    client = new Recorder(isCluster)
    isReady = true
    const link = { isReady: () => isReady, generation: 1 } as RedisLink
    writes = new TurnWrites(client as unknown as CommandClient, link, new Turn())
  }
  beforeEach(() => open(false))

  test('is one script for those of one turn that last equally long', async () => {
    const puts = ['a', 'taken', 'b'].map((key) => writes.put(key, `lease of ${key}`, 2_000))
    expect(await Promise.all(puts)).toEqual([true, false, true])
    expect(client.sent).toEqual([
      ['take', 'a', 'taken', 'b', 2_000, 'lease of a', 'lease of taken', 'lease of b'],
    ])
  })

  test('is a plain command for a single one', async () => {
    expect(await writes.put('a', 'lease', 2_000)).toBe(true)
    expect(await writes.put('taken', 'lease', 2_000)).toBe(false)
    expect(client.sent).toEqual([
      ['set', 'a', 'lease', 'PX', 2_000, 'NX'],
      ['set', 'taken', 'lease', 'PX', 2_000, 'NX'],
    ])
  })

  test('is not joined where it lasts differently', async () => {
    const puts = [writes.put('a', 'x', 1_000), writes.put('b', 'x', 2_000)]
    expect(await Promise.all(puts)).toEqual([true, true])
    expect(client.sent.map(([kind]) => kind)).toEqual(['set', 'set'])
  })

  test('over 128 keys is several scripts', async () => {
    const puts = Array.from({ length: 300 }, (_, i) => writes.put(`k${i}`, 'x', 1_000))
    expect(await Promise.all(puts)).not.toContain(false)
    expect(client.sent.map(([, ...rest]) => (rest.length - 1) / 2)).toEqual([128, 128, 44])
  })

  test('goes ahead of the scripts of its turn', async () => {
    const other = writes.run(OTHER, ['x'], [])
    const puts = [writes.put('a', 'x', 1_000), writes.put('b', 'x', 1_000)]
    expect(await Promise.all([other, ...puts])).toEqual(['done', true, true])
    expect(client.sent.map(([kind]) => kind)).toEqual(['take', 'other'])
  })

  test('goes key by key in Cluster, each to its node', async () => {
    open(true)
    const puts = [writes.put('a', 'x', 1_000), writes.put('taken', 'x', 1_000)]
    expect(await Promise.all(puts)).toEqual([true, false])
    expect(client.sent.map(([kind]) => kind)).toEqual(['set', 'set'])
  })

  test('fails for all when the connection is lost before the turn ends', async () => {
    const outcomes = Promise.allSettled([writes.put('a', 'x', 1), writes.put('b', 'x', 1)])
    isReady = false
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })
})

describe('scripts for several entries', () => {
  const JOINED: JoinedScript<string, string> = {
    script: defineScript('joined', 'return KEYS'),
    areJoinable: () => true,
    bytesOf: () => 1,
    argumentsOf: (parts) => ({ keys: parts, args: [] }),
    repliesOf: (reply) => reply as string[],
  }
  const oom = Object.assign(new Error('OOM command not allowed'), { name: 'ReplyError' })

  /** Notes pipelines and their calls; each call is answered by `reply`. */
  const open = (reply: (keys: string[]) => unknown): { writes: TurnWrites; sent: string[][][] } => {
    const sent: string[][][] = []
    const call = async (_script: string, count: number, ...rest: string[]): Promise<unknown> =>
      reply(rest.slice(0, count))
    const client = {
      eval: (script: string, count: number, ...rest: string[]) => {
        sent.push([rest.slice(0, count)])
        return call(script, count, ...rest)
      },
      evalsha: (sha: string, count: number, ...rest: string[]) => client.eval(sha, count, ...rest),
      pipeline: () => {
        const keys: string[][] = []
        const add = (_script: string, count: number, ...rest: string[]): unknown =>
          keys.push(rest.slice(0, count))
        return {
          eval: add,
          evalsha: add,
          exec: () => {
            sent.push(keys)
            return Promise.all(keys.map((own) => outcomeOf(own)))
          },
        }
      },
    }
    const outcomeOf = async (keys: string[]): Promise<unknown[]> => {
      try {
        return [null, await call('', keys.length, ...keys)]
      } catch (error) {
        return [error, null]
      }
    }
    const link = { isReady: () => true, generation: 1 } as RedisLink
    return { writes: new TurnWrites(client as unknown as CommandClient, link, new Turn()), sent }
  }

  test('are sent by as many as are for 128 entries in one pipeline', async () => {
    const { writes, sent } = open((keys) => keys)
    const parts = Array.from({ length: 200 }, (_, i) => `k${i}`)
    const others = ['x', 'y'].map((key) => writes.run(OTHER, [key], []))
    const replies = await Promise.all(parts.map((part) => writes.join(JOINED, part)))
    await Promise.all(others)
    expect(replies).toEqual(parts)
    expect(sent.map((pipeline) => pipeline.map((keys) => keys.length))).toEqual([
      [1, 1],
      [128],
      [72],
    ])
  })

  test('that a full Redis refuses are sent apart: some of them may need no memory', async () => {
    const { writes } = open((keys) => {
      if (keys.length > 1 || keys[0] === 'large') throw oom
      return keys
    })
    const outcomes = await Promise.allSettled(
      ['a', 'large', 'b'].map((key) => writes.join(JOINED, key)),
    )
    expect(outcomes).toEqual([
      { status: 'fulfilled', value: 'a' },
      { status: 'rejected', reason: oom },
      { status: 'fulfilled', value: 'b' },
    ])
  })

  test('that are refused for another reason are not', async () => {
    const { writes, sent } = open(() => {
      throw new Error('READONLY')
    })
    const outcomes = await Promise.allSettled(['a', 'b'].map((key) => writes.join(JOINED, key)))
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(sent).toHaveLength(1)
  })

  test('may have arguments that are asked for when they are sent', async () => {
    const { writes } = open((keys) => keys)
    let asked = 0
    const running = writes.run(OTHER, ['k'], () => [++asked])
    expect(asked).toBe(0)
    await running
    expect(asked).toBe(1)
  })
})
