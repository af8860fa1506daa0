import { expect, it } from 'vitest'
import { inTurn, type Report } from '../../../examples/guide/in-turn.js'

it('measures one after the other, and reports the share of the whole', async () => {
  const told: (string | number)[] = []
  const measure = async (item: string, report: Report) => {
    told.push(item)
    report(0.5)
    await Promise.resolve()
    told.push(`${item} is measured`)
    return item.length
  }
  expect(await inTurn((share) => told.push(share), ['l1', 'memo'], measure)).toEqual([2, 4])
  const [one, other] = [
    [0, 'l1', 0.25, 'l1 is measured'],
    [0.5, 'memo', 0.75, 'memo is measured'],
  ] as const
  expect(told).toEqual([...one, ...other])
})

it('refuses to measure nothing', async () => {
  const measure = async () => 1
  await expect(inTurn(() => {}, [], measure)).rejects.toThrow('there is nothing to measure')
})
