/** Titles of Keyv's suite that are not so here, each with its reason. They are run too, and have to fail. */
export type Deviations = ReadonlyMap<string, string>

const NO_KEYS = 'a cache does not know its keys: there is nothing to iterate over'

const ITERATION: Deviations = new Map([
  ['iterator() iterates over all values', NO_KEYS],
  ["iterator() doesn't yield values from other namespaces", NO_KEYS],
  ["iterator() doesn't yield expired values, and deletes them", NO_KEYS],
])

export const IN_KEYV_5: Deviations = new Map([
  ...ITERATION,
  ['.iterator() returns an asyncIterator', NO_KEYS],
])

export const IN_KEYV_4: Deviations = new Map([
  ...IN_KEYV_5,
  ['value can not be symbol', 'the emitter of Keyv 4 words the error in its own way'],
])

/** The suite is written for Keyv 5. */
export const IN_KEYV_6: Deviations = new Map([
  ...ITERATION,
  [
    '.deleteMany([keys]) with nonexistent keys resolves to false',
    'Keyv 6 resolves to an array, a boolean for each key',
  ],
])

/** docs/compat.md has them all. */
export const KEYV_DEVIATIONS: ReadonlySet<string> = new Set([
  ...IN_KEYV_5.keys(),
  ...IN_KEYV_4.keys(),
  ...IN_KEYV_6.keys(),
])
