import { describe, expect, it } from 'vitest'
import { contend } from '../../../examples/guide/contend.js'

const quick = { budget: 0 }

describe('a contest', () => {
  it('lets the ways take turns, each round in the other direction, after rounds that do not count', async () => {
    const turns: string[] = []
    const way = (label: string) => ({ label, run: () => void turns.push(label) })
    const times = await contend([way('a'), way('b')], { budget: 60_000, maxRounds: 2 })
    expect(times).toHaveLength(2)
    expect(turns.join('')).toBe('abbaabba')
  })

  it('ends when the ways do not answer the same, and names them', async () => {
    const contest = contend(
      [
        { label: 'a loop', run: (round) => ({ rows: [round] }) },
        { label: 'a batch', run: async () => ({ rows: [0] }) },
      ],
      quick,
    )
    await expect(contest).rejects.toThrow(
      'the answers differ, though the work is the same: a loop, a batch',
    )
  })

  it('compares what is asked for after the run, where there is that', async () => {
    let rows = 0
    const insert = (label: string, count: number) => ({
      label,
      before: () => (rows = 0),
      run: () => void (rows += count),
      answer: () => rows,
    })
    await expect(contend([insert('a', 2), insert('b', 2)], quick)).resolves.toHaveLength(2)
    await expect(contend([insert('a', 2), insert('b', 1)], quick)).rejects.toThrow('differ')
  })

  it('divides by how often the work was done', async () => {
    const wait = () => new Promise((done) => setTimeout(done, 5))
    const [once = 0, often = 0] = await contend(
      [
        { label: 'once', run: wait },
        { label: 'a thousand times', run: wait, times: 1_000 },
      ],
      quick,
    )
    expect(once).toBeGreaterThan(often)
  })
})
