import { expect, it } from 'vitest'
import { memoryShare } from '../../../src/service/memory-share.js'

const MB = 2 ** 20

it.each([
  [256 * MB, 1 / 4, 8_192 * MB, 256 * MB],
  [256 * MB, 1 / 4, 1_024 * MB, 256 * MB],
  [256 * MB, 1 / 4, 512 * MB, 128 * MB],
  [64 * MB, 1 / 8, 256 * MB, 32 * MB],
  [64 * MB, 1 / 8, 100 * MB + 3, 13_107_200],
  [64 * MB, 1 / 8, 1 * MB, 1 * MB],
])('of at most %i a share of %d of %i bytes is %i', (most, share, there, expected) => {
  expect(memoryShare(most, share, there)).toBe(expected)
})
