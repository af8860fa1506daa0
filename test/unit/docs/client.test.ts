import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  CLIENT_DEFAULTS,
  createClient,
  InvalidOptionError,
  LOAD_DEFAULTS,
} from '../../../src/client/index.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('client.md')
const options = rowsUnder(doc, 'Option').map(([name = '', value = '']) => [
  codes(name)[0],
  codes(value)[0],
])

/** The options that are known, as the error about an unknown one tells them. */
function knownOptions(): string[] {
  try {
    createClient({ namespace: 'a', nonsense: 1 } as never)
  } catch (error) {
    if (error instanceof InvalidOptionError) return error.allowed.replace(/.*: /, '').split(', ')
  }
  return []
}

it('docs/client.md has every option, with its default', () => {
  expect(options.map(([name = '']) => name).toSorted()).toEqual(knownOptions().toSorted())
  const defaults = options.filter(([, value]) => value !== undefined)
  const pairs = defaults.map(([name, value]) => [name, literal(value ?? '')])
  expect(Object.fromEntries(pairs)).toEqual(CLIENT_DEFAULTS)
})

it('docs/client.md has the defaults of getOrLoad', () => {
  for (const value of Object.values(LOAD_DEFAULTS)) expect(doc).toContain(`(\`'${value}'\``)
})

it('docs/client.md has every reason of a ServiceUnavailableError', () => {
  const source = readFileSync(new URL('../../../src/errors.ts', import.meta.url), 'utf8')
  const union = /export type ServiceFailure =\n((?: {2}\| .*\n)+)/.exec(source)?.[1] ?? ''
  const reasons = [...union.matchAll(/\| '([a-z]+)'/g)].map((match) => match[1])
  expect(reasons).not.toEqual([])
  const rows = rowsUnder(doc, 'Reason of a `ServiceUnavailableError`')
  expect(rows.map(([reason = '']) => codes(reason)[0])).toEqual(reasons)
})
