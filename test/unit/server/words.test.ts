import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorityOf } from '../../../src/server/authority.js'
import { cookiesOf } from '../../../src/server/cookies.js'
import { formatEvent, type ServerSentEvent } from '../../../src/server/events.js'
import { fieldsOfInput } from '../../../src/server/header-input.js'
import { parsePattern } from '../../../src/server/pattern.js'
import { coverage, isBelow, prefixOf } from '../../../src/server/prefix.js'
import { Query } from '../../../src/server/query.js'
import { Router } from '../../../src/server/router.js'

describe('authority', () => {
  it.each([
    ['Example.COM', 'example.com'],
    ['example.com:80', 'example.com'],
    ['example.com:', 'example.com'],
    ['example.com:8080', 'example.com:8080'],
    ['127.0.0.1:3000', '127.0.0.1:3000'],
    ['[::1]', '[::1]'],
    ['[::FFFF:1.2.3.4]:80', '[::ffff:1.2.3.4]'],
    ['a_b-c.d~e', 'a_b-c.d~e'],
    ['', undefined],
    [':80', undefined],
    ['a b', undefined],
    ['a/b', undefined],
    ['a@b', undefined],
    ['a,b', undefined],
    ['[::1', undefined],
    ['[x]', undefined],
    ['a:123456', undefined],
    ['a:b', undefined],
    ['é', undefined],
    ['a%20b', undefined],
  ])('%j is %j', (text, expected) => {
    expect(authorityOf(text, 'http')).toBe(expected)
  })

  it('knows the port of https', () => {
    expect(authorityOf('a:443', 'https')).toBe('a')
    expect(authorityOf('a:80', 'https')).toBe('a:80')
  })
})

describe('cookies', () => {
  it.each([
    [['a=1; b=2'], { a: '1', b: '2' }],
    [['a=1; a=2', 'a=3'], { a: '1' }],
    [['a="1"; b=%C3%A9; c=%zz; d=a=b'], { a: '1', b: 'é', c: '%zz', d: 'a=b' }],
    [['a; =b; c=; ;; d = e'], { c: '', d: 'e' }],
    [['__proto__=1'], { ['__proto__']: '1' }],
    [[], {}],
  ])('%j', (lines, expected) => {
    expect([...cookiesOf(lines)]).toEqual(Object.entries(expected))
  })
})

describe('query', () => {
  it('takes the first of a name, or all, and never fails', () => {
    const query = new Query('a=1&a=2&b&%zz=%zz&__proto__=x')
    expect([query.first('a'), query.first('b'), query.first('c')]).toEqual(['1', '', undefined])
    expect(query.all('a')).toEqual(['1', '2'])
    expect(Object.entries(query.record())).toEqual([
      ['a', '1'],
      ['b', ''],
      ['%zz', '%zz'],
      ['__proto__', 'x'],
    ])
  })
})

describe('server-sent events', () => {
  it.each<[ServerSentEvent, string]>([
    ['a', 'data: a\n\n'],
    ['a\nb\r\nc\rd', 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    ['', 'data: \n\n'],
    [{ data: null }, 'data: null\n\n'],
    [{ event: 'e', id: '1', retry: 1.5, data: 'x' }, 'event: e\nid: 1\nretry: 2\ndata: x\n\n'],
    [{ event: 'ping' }, 'event: ping\n\n'],
  ])('%j', (event, text) => {
    expect(formatEvent(event)).toBe(text)
  })

  it('refuses what would begin another line', () => {
    expect(() => formatEvent({ event: 'a\ndata: b' })).toThrow(/one line/)
    expect(() => formatEvent({ id: 'a\rb' })).toThrow(/one line/)
  })
})

describe('fields given by a caller', () => {
  it('are flat, in lower case, a line per value', () => {
    expect(fieldsOfInput({ 'X-A': '1', 'set-cookie': ['a', 'b'] })).toEqual([
      'x-a',
      '1',
      'set-cookie',
      'a',
      'set-cookie',
      'b',
    ])
  })

  it.each<[string, unknown]>([
    ['a b', '1'],
    ['', '1'],
    ['a:', '1'],
    ['a\n', '1'],
    ['a', '1\r\nb: 2'],
    ['a', '1\0'],
    ['a', '€'],
    ['a', undefined],
    ['a', {}],
  ])('%j: %j is refused', (name, value) => {
    expect(() => fieldsOfInput({ [name]: value as string })).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION' }),
    )
  })
})

describe('prefixes', () => {
  const part = fc.constantFrom('a', 'b', ':x', '')
  const parts = fc.array(part, { minLength: 1, maxLength: 4 })
  const named = (list: readonly string[]) => list.map((one, i) => (one === ':x' ? `:x${i}` : one))
  const pattern = fc
    .tuple(parts, fc.constantFrom('', '/*rest'))
    .map(([list, tail]) => parsePattern(`/${named(list).join('/')}${tail}`))
  const path = fc.array(fc.constantFrom('a', 'b', 'c', ''), { minLength: 1, maxLength: 5 })

  it('what covers all paths of a pattern covers each, what covers none covers none', () => {
    fc.assert(
      fc.property(pattern, pattern, path, (first, second, segments) => {
        const target = `/${segments.join('/')}`
        const prefix = prefixOf(first)
        const router = new Router([{ method: 'GET', pattern: second }])
        if (router.match('GET', target).kind !== 'route') return
        const covers = coverage(prefix, second)
        if (covers !== 'some') expect(isBelow(prefix, target)).toBe(covers === 'all')
      }),
      { numRuns: 2_000 },
    )
  })
})
