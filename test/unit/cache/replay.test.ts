import { expect, it } from 'vitest'
import { ReplayQueue } from '../../../src/cache/replay.js'
import { ManualClock } from '../../support/manual-clock.js'

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('replays what is added after a timer ran into a drain under way', async () => {
  const clock = new ManualClock()
  const replayed: string[] = []
  let answer = (): void => {}
  const tier = {
    remove: async ([key = '']: readonly string[]) => {
      replayed.push(key)
      await new Promise<void>((resolve) => {
        answer = resolve
      })
    },
    expire: () => {},
    invalidate: () => {},
    clear: () => {},
  }
  const queue = new ReplayQueue(10, clock, () => {})
  const add = (key: string): void =>
    queue.add({ namespace: 'x', tier, invalidation: { kind: 'remove', keys: [key] }, notBefore: 0 })

  add('first')
  clock.advance(100)
  add('second')
  // the timer of the second falls due while the first is on its way
  clock.advance(100)
  answer()
  await settled()
  answer()
  await settled()
  expect(queue.depth).toBe(0)

  add('third')
  clock.advance(100)
  expect(replayed).toEqual(['first', 'second', 'third'])
})
