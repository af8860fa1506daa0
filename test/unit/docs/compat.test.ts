import { expect, it } from 'vitest'
import { createCacheManager } from '../../../src/compat/cache-manager.js'
import { createCache, DEFAULTS, InvalidOptionError } from '../../../src/index.js'
import { DEVIATIONS } from '../../conformance/cache-manager-cases.js'
import { KEYV_DEVIATIONS } from '../../conformance/keyv-deviations.js'
import { codes, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('compat.md')

const named = (header: string): string[] =>
  rowsUnder(doc, header).map(([name = '']) => codes(name)[0] ?? '')

/** The options that are known, as the error about an unknown one tells them. */
function knownOptions(): string[] {
  try {
    createCacheManager(createCache(), { nonsense: 1 } as never)
  } catch (error) {
    if (error instanceof InvalidOptionError) return error.allowed.replace(/.*: /, '').split(', ')
  }
  return []
}

it('docs/compat.md has every option of createCacheManager', () => {
  expect(named('Option')).toEqual(knownOptions())
})

it('docs/compat.md has every deviation from cache-manager', () => {
  expect(named('What is done').toSorted()).toEqual([...DEVIATIONS.keys()].toSorted())
})

it('docs/compat.md has every deviation from the suite of Keyv', () => {
  expect(named("In Keyv's suite").toSorted()).toEqual([...KEYV_DEVIATIONS].toSorted())
})

it('docs/compat.md has the defaults of the cache that it speaks of', () => {
  expect(doc).toContain(`(\`${DEFAULTS.ttl}\` unless you say another)`)
  expect(doc).toContain(`\`jitter\` (${DEFAULTS.jitter})`)
  expect(doc).toContain(`at most ${DEFAULTS['limits.keyBytes'].toLocaleString('en')} bytes`)
})
