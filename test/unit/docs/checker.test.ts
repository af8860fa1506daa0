import { describe, expect, it } from 'vitest'
import { CHECK_DEFAULTS, CheckOptionError, type Rule } from '../../../src/checker/index.js'
import { settingsOf } from '../../../src/checker/settings.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('checker.md')
const options = rowsUnder(doc, 'Option').map(([name = '', value = '', range = '']) => ({
  name: codes(name)[0] ?? '',
  value,
  range,
}))

function accepts(name: string, value: unknown): boolean {
  const [group, inner] = name.split('.')
  const given = inner === undefined ? { [name]: value } : { [group ?? '']: { [inner]: value } }
  try {
    settingsOf({ driver: './driver.js', ...given })
    return true
  } catch (error) {
    if (!(error instanceof CheckOptionError)) throw error
    expect(error.option).toBe(name)
    return false
  }
}

describe('docs/checker.md', () => {
  it('has every option', () => {
    let known = ''
    try {
      settingsOf({ driver: './driver.js', nonsense: 1 } as never)
    } catch (error) {
      known = /known: (.*)$/.exec((error as CheckOptionError).allowed)?.[1] ?? ''
    }
    const documented = new Set(options.map(({ name }) => name.split('.')[0] ?? ''))
    expect([...documented, 'driver'].toSorted()).toEqual(known.split(', ').toSorted())
  })

  it('has the defaults', () => {
    const { database, ...rest } = CHECK_DEFAULTS
    const inner = Object.entries(database).map(
      ([name, value]) => [`database.${name}`, value] as const,
    )
    for (const [name, value] of [...Object.entries(rest), ...inner]) {
      const row = options.find((option) => option.name === name)
      expect([name, literal(codes(row?.value ?? '')[0] ?? '')]).toEqual([name, value])
    }
    const named = options.filter(({ value }) => codes(value).length > 0)
    expect(named.length).toBe(Object.keys(rest).length + inner.length)
  })

  const spans = options.filter(({ range }) => range.includes(' .. '))

  it.each(spans)('has the range of $name: $range', ({ name, range }) => {
    const [low = '', high = ''] = codes(range)
    const max = /^[\d_]+$/.test(high)
      ? literal(high)
      : literal(codes(options.find((option) => option.name === high)?.value ?? '')[0] ?? '')
    const [least, most] = [Number(literal(low)), Number(max)]
    expect(accepts(name, least)).toBe(!range.startsWith('above'))
    expect(accepts(name, most)).toBe(true)
    expect(accepts(name, least - 1)).toBe(false)
    expect(accepts(name, most + 1)).toBe(false)
  })

  it('has every rule', () => {
    const rules: Readonly<Record<Rule, true>> = {
      stale: true,
      'own-process': true,
      beyond: true,
      'at-rest': true,
      foreign: true,
      unchecked: true,
    }
    const documented = rowsUnder(doc, 'Rule').map(([rule = '']) => codes(rule)[0])
    expect(documented).toEqual(Object.keys(rules))
  })

  it('has a driver that is short', () => {
    const driver = /```ts\n(import[\s\S]*?createDriver[\s\S]*?)```/.exec(doc)?.[1] ?? ''
    expect(driver.trimEnd().split('\n').length).toBeLessThanOrEqual(25)
  })
})
