import { expect, it } from 'vitest'
import { didYouMean } from '../../../src/entry/did-you-mean.js'

const NAMES = ['get', 'set', 'serve', 'inspect']

it.each([
  ['serv', '; did you mean serve?'],
  ['sevre', '; did you mean serve?'],
  ['gte', ''],
  ['got', '; did you mean get?'],
  ['inspekt', '; did you mean inspect?'],
  ['', ''],
  ['x'.repeat(100_000), ''],
])('%s%s', (said, meant) => {
  expect(didYouMean(said, NAMES)).toBe(meant)
})
