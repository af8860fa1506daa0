import { expect, test } from 'vitest'
import { type Fill, FILLS } from '../../../src/redis/fills.js'

const fill = (key: string, more: Partial<Fill>): Fill => ({
  key,
  token: `token of ${key}`,
  record: Buffer.from(key),
  lifetime: 1_000,
  versions: ['v'],
  expected: ['v.v'],
  channel: 'channel',
  message: `wake ${key}`,
  isLoud: false,
  ...more,
})

test('name each version once, kept for the longest of those filed under it', () => {
  const a = fill('a', { versions: ['v', 't'], expected: ['v.v', 't.t'] })
  const b = fill('b', { versions: ['v', 'u'], expected: ['v.v', 'u.u'], lifetime: 2_000 })
  const c = fill('c', { expected: ['v.w'], isLoud: true })
  const { keys, args } = FILLS.argumentsOf([a, b, c])
  expect(keys).toEqual(['v', 't', 'u', 'a', 'b', 'c'])
  const lifetimes = [2_000, 2_500, 1_000, 1_250, 2_000, 2_500]
  expect(args.slice(0, 8)).toEqual(['channel', 3, ...lifetimes])
  const each = [args.slice(8, 14), args.slice(14, 20), args.slice(20)]
  expect(each).toEqual([
    ['token of a', Buffer.from('a'), 1_000, 'wake a', '0', '1 v.v 2 t.t'],
    ['token of b', Buffer.from('b'), 2_000, 'wake b', '0', '1 v.v 3 u.u'],
    ['token of c', Buffer.from('c'), 1_000, 'wake c', '1', '1 v.w'],
  ])
})

test('name no version in Cluster', () => {
  const { keys, args } = FILLS.argumentsOf([fill('a', { versions: [], expected: [] })])
  expect(keys).toEqual(['a'])
  expect(args).toEqual(['channel', 0, 'token of a', Buffer.from('a'), 1_000, 'wake a', '0', ''])
})

test('are told what became of them', () => {
  expect(FILLS.repliesOf([0, 1, 2, 3], [])).toEqual([
    { said: 'revoked', isAwaited: false },
    { said: 'filled', isAwaited: false },
    { said: 'revoked', isAwaited: true },
    { said: 'filled', isAwaited: true },
  ])
})

test('weigh their record and their versions', () => {
  const two = { versions: ['v', 't'], expected: ['v.v', 't.t'] }
  expect(FILLS.bytesOf(fill('a', { record: Buffer.alloc(100), ...two }))).toBe(1_124)
})

test('fail alone where all are to hear of them and cannot be told', () => {
  const [stored, untold] = FILLS.repliesOf([1, 'NOPERM no permission to publish'], [])
  expect(stored).toEqual({ said: 'filled', isAwaited: false })
  expect(untold).toMatchObject({ name: 'ReplyError', message: 'NOPERM no permission to publish' })
})

test('are not joined over two channels', () => {
  expect(FILLS.areJoinable(fill('a', {}), fill('b', { channel: 'other' }))).toBe(false)
})
