import { expect, test } from 'vitest'
import { inChunks } from '../../../src/service/in-chunks.js'

/** Sizes of the chunks in which it was asked for so many, each of which is so large. */
async function chunksOf(count: number, bytes?: number): Promise<readonly number[]> {
  const chunks: number[] = []
  let running = 0
  const all = Array.from({ length: count }, (_, i) => i)
  const work = async (one: number): Promise<number> => {
    running++
    await Promise.resolve()
    if (running > 0) chunks.push(running)
    running = 0
    return one
  }
  const results = await inChunks(all, work, bytes === undefined ? undefined : () => bytes)
  expect(results).toEqual(all)
  return chunks
}

test('a hundred at once', async () => {
  expect(await chunksOf(250)).toEqual([100, 100, 50])
  expect(await chunksOf(0)).toEqual([])
})

test('of what may be large a few, then as many as their sizes allow', async () => {
  expect(await chunksOf(150, 10)).toEqual([10, 100, 40])
  expect(await chunksOf(40, 2 ** 20)).toEqual([10, 8, 8, 8, 6])
  expect(await chunksOf(13, 64 * 2 ** 20)).toEqual([10, 1, 1, 1])
  expect(await chunksOf(12, 0)).toEqual([10, 2])
})

test('after a failure the rest is not begun', async () => {
  const begun: number[] = []
  const failing = inChunks(
    Array.from({ length: 150 }, (_, i) => i),
    async (one) => {
      begun.push(one)
      await Promise.resolve()
      if (one === 7) throw new Error('seven')
    },
  )
  await expect(failing).rejects.toThrow('seven')
  expect(begun).toHaveLength(100)
})
