import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { ORIGIN_DEFAULTS } from '../../../src/proxy/defaults.js'
import { parseOriginSettings } from '../../../src/proxy/origin-settings.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const rows = rowsUnder(readDoc('proxy.md'), 'Option').map(
  ([name = '', value = '', range = '']) => ({
    name: codes(name)[0] ?? '',
    value,
    range,
  }),
)

/** Those without a default that could be written down. */
const WITHOUT = ['name', 'tls']

function accepts(name: string, value: unknown): boolean {
  const [group = '', option] = name.split('.')
  try {
    parseOriginSettings('https://a', {
      [group]: option === undefined ? value : { [option]: value },
    })
    return true
  } catch (error) {
    if (error instanceof InvalidOptionError) return false
    throw error
  }
}

describe('docs/proxy.md', () => {
  it('has a row for every option of an origin, with its default', () => {
    const told = rows.filter(({ name }) => !WITHOUT.includes(name))
    const defaults = told.map(({ name, value }) => [name, literal(codes(value)[0] ?? '')])
    expect(Object.fromEntries(defaults)).toEqual(ORIGIN_DEFAULTS)
    expect(rows.map(({ name }) => name).filter((name) => !(name in ORIGIN_DEFAULTS))).toEqual(
      WITHOUT,
    )
    expect(() => parseOriginSettings('https://a', { other: 1 } as object)).toThrow(
      [...new Set(rows.map(({ name }) => name.split('.')[0]))].join(', '),
    )
  })

  it.each(rows.filter(({ range }) => range.includes('..')))(
    'tells the range of $name: $range',
    ({ name, range }) => {
      const [least = '', most = ''] = range.split(' .. ').map((end) => end.replaceAll(',', ''))
      const valueOf = (text: string) => (/^\d+$/.test(text) ? Number(text) : text)
      const beyond = (text: string) => text.replace(/\d+/, (digits) => String(Number(digits) + 1))
      expect(accepts(name, valueOf(least))).toBe(true)
      expect(accepts(name, valueOf(most))).toBe(true)
      expect(accepts(name, valueOf(beyond(most)))).toBe(false)
      expect(accepts(name, 0)).toBe(false)
    },
  )

  it('names the options of TLS', () => {
    const tls = rows.find(({ name }) => name === 'tls')
    for (const name of codes(tls?.range ?? '')) expect(accepts(`tls.${name}`, undefined)).toBe(true)
    expect(() => parseOriginSettings('https://a', { tls: { other: 1 } as object })).toThrow(
      codes(tls?.range ?? '').join(', '),
    )
  })
})
