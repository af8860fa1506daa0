import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { createServer, SERVER_DEFAULTS } from '../../../src/server/index.js'
import { codes, literal, readDoc, rowsUnder } from './tables.js'

const doc = readDoc('server.md')
const options = optionsUnder('Server option', serverWith)
const routeOptions = optionsUnder('Option', routeWith)

function optionsUnder(header: string, give: (name: string, value: unknown) => unknown) {
  return rowsUnder(doc, header).map(([name = '', value = '', range = '']) => ({
    name: codes(name)[0] ?? '',
    value,
    range,
    give,
  }))
}

/** Names that the error for an unknown one lists. */
function known(give: () => unknown): string[] {
  try {
    give()
  } catch (error) {
    return /known: (.*)$/.exec((error as InvalidOptionError).allowed)?.[1]?.split(', ') ?? []
  }
  return []
}

function accepts(name: string, give: () => unknown): boolean {
  try {
    give()
    return true
  } catch (error) {
    if (!(error instanceof InvalidOptionError)) throw error
    expect(error.option).toBe(name)
    return false
  }
}

function serverWith(name: string, value: unknown): unknown {
  const [group = '', inner] = name.split('.')
  // a request may not be given less time than its header
  const room = name === 'timeouts.header' ? { request: '1d' } : {}
  return createServer(
    inner === undefined ? { [group]: value } : { [group]: { ...room, [inner]: value } },
  )
}

function routeWith(name: string, value: unknown): unknown {
  return createServer().get('/', { [name]: value }, () => 1)
}

describe('docs/server.md', () => {
  it('has every option of a server', () => {
    const documented = options.map(({ name }) => name)
    const tops = new Set(documented.map((name) => name.split('.')[0] ?? ''))
    expect([...tops].toSorted()).toEqual(known(() => serverWith('nonsense', 1)).toSorted())
    for (const group of ['limits', 'timeouts']) {
      const inner = documented.filter((name) => name.startsWith(`${group}.`))
      expect(inner.map((name) => name.split('.')[1])).toEqual(
        known(() => serverWith(`${group}.nonsense`, 1)),
      )
    }
  })

  it('has every option of a route, but how its answers are cached', () => {
    const documented = routeOptions.map(({ name }) => name)
    expect(['cache', ...documented]).toEqual(known(() => routeWith('nonsense', 1)))
  })

  it('has the defaults', () => {
    for (const [name, value] of Object.entries(SERVER_DEFAULTS)) {
      const row = options.find((option) => option.name === name)
      expect([name, literal(codes(row?.value ?? '')[0] ?? '')]).toEqual([name, value])
    }
  })

  const spans = [...options, ...routeOptions].filter(
    ({ range }) => range.startsWith('`') && range.includes(' .. '),
  )

  it.each(spans)('has the range of $name: $range', ({ name, range, give }) => {
    const [least, most] = codes(range).map(literal)
    expect(accepts(name, () => give(name, least))).toBe(true)
    expect(accepts(name, () => give(name, most))).toBe(true)
    expect(accepts(name, () => give(name, beyond(least, -1)))).toBe(false)
    expect(accepts(name, () => give(name, beyond(most, 1)))).toBe(false)
    if (range.includes('`false`')) expect(accepts(name, () => give(name, false))).toBe(true)
  })

  it('has the timeout of close', async () => {
    await expect(createServer().close({ timeout: -1 })).rejects.toThrow('timeout')
  })
})

/** A little less than the least, or more than the most. */
function beyond(limit: unknown, step: number): number {
  const units: Readonly<Record<string, number>> = {
    kb: 2 ** 10,
    mb: 2 ** 20,
    gb: 2 ** 30,
    m: 60_000,
    h: 3_600_000,
    d: 86_400_000,
  }
  const match = /^(\d+)([a-z]*)$/.exec(String(limit))
  return Number(match?.[1]) * (units[match?.[2] ?? ''] ?? 1) + step
}
