import { describe, expect, test } from 'vitest'
import { joinParts, type JoinedScript, type PartCall } from '../../../src/redis/joined-script.js'
import { defineScript, type ScriptCall } from '../../../src/redis/script.js'

interface Part {
  readonly key: string
  readonly group: string
  readonly bytes: number
}

const SCRIPT = defineScript('joined', 'return 1')
const OTHER = defineScript('other', 'return 1')

const JOINED: JoinedScript<Part, string> = {
  script: SCRIPT,
  areJoinable: (one, other) => one.group === other.group,
  bytesOf: ({ bytes }) => bytes,
  argumentsOf: (parts) => ({ keys: parts.map(({ key }) => key), args: [parts.length] }),
  repliesOf: (reply, parts) => parts.map(({ key }, i) => `${key}: ${(reply as string[])[i]}`),
}

const told: unknown[] = []

function part(key: string, more: Partial<Part> = {}): PartCall {
  const call: PartCall<Part, string> = {
    joined: JOINED,
    part: { key, group: '', bytes: 1, ...more },
    resolve: (reply) => told.push(reply),
    reject: (error) => told.push(error),
  }
  return call as unknown as PartCall
}

function other(): ScriptCall {
  return { script: OTHER, keys: ['x'], args: [], resolve: () => {}, reject: () => {}, entries: 1 }
}

/** Keys of each call; of another script, its name. */
function shape(calls: readonly ScriptCall[]): unknown[] {
  return calls.map(({ script, keys }) => (script === SCRIPT ? keys : script.name))
}

describe('parts of one turn', () => {
  test('that follow each other are one call', () => {
    const calls = joinParts([part('a'), part('b')], true)
    expect(calls).toMatchObject([{ script: SCRIPT, keys: ['a', 'b'], args: [2] }])
  })

  test('are each told their own reply', () => {
    told.length = 0
    joinParts([part('a'), part('b')], true)[0]?.resolve(['one', 'two'])
    expect(told).toEqual(['a: one', 'b: two'])
  })

  test('all fail with their call', () => {
    told.length = 0
    const refused = new Error('OOM')
    joinParts([part('a'), part('b')], true)[0]?.reject(refused)
    expect(told).toEqual([refused, refused])
  })

  test('fail alone where their reply says so, and together where it is none', () => {
    told.length = 0
    const failing: JoinedScript<Part, string> = {
      ...JOINED,
      repliesOf: (reply) => (reply === 'odd' ? odd() : [new Error('alone'), 'fine']),
    }
    const odd = (): never => {
      throw new Error('odd')
    }
    const calls = ['a', 'b'].map((key) => Object.assign(part(key), { joined: failing }))
    joinParts(calls, true)[0]?.resolve('')
    joinParts(calls, true)[0]?.resolve('odd')
    expect(told).toEqual([new Error('alone'), 'fine', new Error('odd'), new Error('odd')])
  })

  test('can be called apart', () => {
    const [both, ...others] = joinParts([part('a'), part('b')], true)
    expect(others).toEqual([])
    expect(both?.entries).toBe(2)
    expect(shape(both?.apart?.() ?? [])).toEqual([['a'], ['b']])
    expect(joinParts([part('a')], true)[0]?.apart).toBeUndefined()
  })

  test('are not joined with what differs', () => {
    const calls = joinParts([part('a'), part('b', { group: 'x' }), part('c')], true)
    expect(shape(calls)).toEqual([['a'], ['b'], ['c']])
  })

  test('are not joined with parts of another script', () => {
    const another = { ...part('b'), joined: { ...JOINED } as unknown as PartCall['joined'] }
    expect(shape(joinParts([part('a'), another], true))).toEqual([['a'], ['b']])
  })

  test('stay in the order asked for', () => {
    const calls = joinParts([part('a'), part('b'), other(), part('c')], true)
    expect(shape(calls)).toEqual([['a', 'b'], 'other', ['c']])
  })

  test('are not joined where keys live in several slots', () => {
    expect(shape(joinParts([part('a'), part('b')], false))).toEqual([['a'], ['b']])
  })

  test('are at most 128 a call', () => {
    const parts = Array.from({ length: 300 }, (_, i) => part(`k${i}`))
    expect(joinParts(parts, true).map(({ keys }) => keys.length)).toEqual([128, 128, 44])
  })

  test('are at most 256 KiB a call, and one that is larger goes alone', () => {
    const parts = [200, 56, 1, 300, 1].map((kib, i) => part(`k${i}`, { bytes: kib * 1024 }))
    expect(shape(joinParts(parts, true))).toEqual([['k0', 'k1'], ['k2'], ['k3'], ['k4']])
  })
})
