import { expect, it } from 'vitest'
import { POLICY_NAMES } from '../../../src/cache/policy.js'
import { CACHED_NAMES } from '../../../src/decorator/cached-options.js'
import { INVALIDATES_NAMES } from '../../../src/decorator/invalidates-options.js'
import { codes, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('decorators.md')

it.each([
  ['cached', CACHED_NAMES],
  ['invalidates', INVALIDATES_NAMES],
])('docs/decorators.md has every option of @%s and no other', (word, names) => {
  const table = doc.slice(
    doc.indexOf(`<!-- ${word}:begin -->`),
    doc.indexOf(`<!-- ${word}:end -->`),
  )
  const documented = rowsUnder(table, 'Option').flatMap(([name = '']) => codes(name))
  expect(documented.toSorted()).toEqual(names.toSorted())
})

it('docs/decorators.md names what both take from the cache', () => {
  const policy = POLICY_NAMES.filter((name) => name !== 'tags').map((name) => `\`${name}\``)
  expect(doc).toContain(`| ${policy.join(' ')} |`)
})
