import { beforeEach, describe, expect, test } from 'vitest'
import { Marks } from '../../../src/entry/marks.js'
import { NamespaceLife } from '../../../src/redis/namespace-life.js'
import type { Version } from '../../../src/redis/version.js'
import { deferred, type Deferred } from '../cache/harness.js'

const FIRST: Version = { hard: 'AAAAAAAAAAAA', soft: 'aaaaaaaaaaaa', sequence: 0, runId: 'run1' }
const SECOND: Version = { hard: 'BBBBBBBBBBBB', soft: 'bbbbbbbbbbbb', sequence: 0, runId: 'run1' }

let marks: Marks
let link: { generation: number; runId: string }
let asked: { readonly args: readonly unknown[]; readonly reply: Deferred<unknown> }[]
let clears: number
let life: NamespaceLife

beforeEach(() => {
  marks = new Marks()
  link = { generation: 1, runId: 'run1' }
  asked = []
  clears = 0
  life = new NamespaceLife({
    namespace: 'shop',
    key: 's1:shop:v',
    marks,
    link,
    writes: {
      run: (_: unknown, __: unknown, args: readonly unknown[]) => {
        const reply = deferred()
        asked.push({ args, reply })
        return reply.promise
      },
    } as never,
    announcer: { inScript: () => ['channel', 'message'], afterwards: () => undefined },
    onFailover: 'clear',
    clearHere: () => {
      clears++
      marks.markAll()
    },
  })
})

/** As a read does that finds a version of another server. */
const adopted = (): Promise<void> | undefined =>
  life.admits({ ...FIRST, runId: 'run0' }, link.generation) ? undefined : life.adopt()

const textOf = ({ hard, soft }: Version): string => `${hard}.${soft}.0.run1`

describe('the version of a namespace', () => {
  test('that is seen first ends nothing', () => {
    life.observe(FIRST)
    life.observe(FIRST)
    expect(clears).toBe(0)
    expect(life.current).toBe(FIRST)
  })

  test.each<[string, Version | undefined]>([
    ['another', SECOND],
    ['another in its soft part', { ...FIRST, soft: SECOND.soft }],
    ['none any more', undefined],
  ])('that is %s ends all that is kept here', (_, version) => {
    life.observe(FIRST)
    life.observe(version)
    expect(clears).toBe(1)
    expect(life.current).toBe(version)
  })

  test('with another sequence is the same', () => {
    life.observe(FIRST)
    life.observe({ ...FIRST, sequence: 7 })
    expect(clears).toBe(0)
  })

  test('that follows a clear which was heard ends nothing once more', () => {
    life.observe(FIRST)
    marks.markAll()
    expect(life.current).toBeUndefined()
    life.observe(SECOND)
    expect(clears).toBe(0)
    expect(life.current).toBe(SECOND)
  })

  test('that this process has ended is not missed', () => {
    life.observe(FIRST)
    life.forget()
    life.observe(SECOND)
    expect(clears).toBe(0)
  })
})

describe('before the first read on a connection', () => {
  test('the server is asked once by all who read', async () => {
    const all = [adopted(), adopted(), adopted()]
    expect(asked.map(({ args }) => args.slice(0, 1).concat(args.slice(2)))).toEqual([
      ['run1', 3_600_000, 'channel', 'message'],
    ])
    asked[0]?.reply.resolve([textOf(FIRST), 0])
    for (const one of all) await one
    expect(adopted()).toBeUndefined()
    expect(life.current).toMatchObject(FIRST)
    expect(clears).toBe(0)
  })

  test('nobody asks where the server does not say who it is', () => {
    link.runId = ''
    expect(adopted()).toBeUndefined()
  })

  test('each connection is asked about, and what is new there ends what is kept here', async () => {
    life.observe(FIRST)
    const first = adopted()
    asked[0]?.reply.resolve([textOf(FIRST), 0])
    await first
    link.generation = 2
    const second = adopted()
    asked[1]?.reply.resolve([textOf(SECOND), 1])
    await second
    expect(clears).toBe(1)
    expect(life.current).toMatchObject(SECOND)
    expect(adopted()).toBeUndefined()
  })

  test('another process may have begun the new life: that ends what is kept here too', async () => {
    life.observe(FIRST)
    link.generation = 2
    const done = adopted()
    asked[0]?.reply.resolve([textOf(SECOND), 0])
    await done
    expect(clears).toBe(1)
  })

  test('an answer that does not come is asked for again', async () => {
    const first = adopted()
    asked[0]?.reply.reject(new Error('READONLY'))
    await expect(first).rejects.toThrow('READONLY')
    const second = adopted()
    expect(asked).toHaveLength(2)
    asked[1]?.reply.resolve([textOf(FIRST), 0])
    await second
    expect(adopted()).toBeUndefined()
  })

  test('the answer of an earlier connection counts for nothing', async () => {
    const first = adopted()
    link.generation = 2
    const second = adopted()
    asked[0]?.reply.resolve([textOf(FIRST), 0])
    await first
    expect(adopted()).toBe(second)
    asked[1]?.reply.resolve([textOf(FIRST), 0])
    await second
    expect(adopted()).toBeUndefined()
  })
})
