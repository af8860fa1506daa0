import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../src/errors.js'
import { authorityOf } from '../../src/server/authority.js'
import { Matcher } from '../../src/server/matcher.js'
import { paramsOf } from '../../src/server/path-params.js'
import { parsePattern } from '../../src/server/pattern.js'
import { RouteList } from '../../src/server/route-list.js'
import { Router } from '../../src/server/router.js'
import type { RouteTable } from '../../src/server/route-table.js'
import { originForm } from '../../src/server/target.js'

type Request =
  | [method: string, target: string, route: string, params: Record<string, string>]
  | [method: string, target: string, status: number, allow?: string]

interface Cases {
  readonly routes: readonly {
    readonly rule: string
    readonly routes: readonly string[]
    readonly requests: readonly Request[]
  }[]
  readonly long: readonly {
    readonly rule: string
    readonly pattern: string
    readonly path: readonly [start: string, unit: string, times: number]
    readonly status: number
  }[]
  readonly refusedPatterns: readonly (readonly [pattern: string, why: string])[]
  readonly duplicates: readonly (readonly [string, string])[]
  readonly targets: readonly {
    readonly target: string
    readonly host: string
    readonly origin: string | null
  }[]
}

const cases = JSON.parse(readFileSync(new URL('router.json', import.meta.url), 'utf8')) as Cases

/** What the table says of a request, as the table of cases writes it. */
function answerOf(routes: readonly string[], method: string, target: string): unknown[] {
  const list = routes.map(routeOf)
  const match = new Router(list).match(method, target)
  if (match.kind !== 'route')
    return match.allow === '' ? [match.status] : [match.status, match.allow]
  const names = list[match.route]?.pattern.names ?? []
  const params = paramsOf(names, match.path, match.ranges)
  return params === undefined ? [400] : [routes[match.route], params]
}

function routeOf(text: string) {
  const [method = '', pattern = ''] = text.split(' ')
  return { method, pattern: parsePattern(pattern) }
}

describe.each(cases.routes)('$rule', ({ routes, requests }) => {
  it.each(requests)('%s %s', (method, target, ...expected) => {
    expect(answerOf(routes, method, target)).toEqual(expected)
    // the order of registration does not matter
    expect(answerOf(routes.toReversed(), method, target)).toEqual(expected)
  })
})

describe('limits', () => {
  it.each(cases.long)('$rule', ({ pattern, path: [start, unit, times], status }) => {
    const match = new Router([routeOf(`GET ${pattern}`)]).match('GET', start + unit.repeat(times))
    expect(match.kind === 'route' ? 200 : match.status).toBe(status)
  })

  it('refuses patterns of more than 128 segments or 32 params', () => {
    const params = (count: number) => Array.from({ length: count }, (_, i) => `/:p${i}`).join('')
    expect(parsePattern('/a'.repeat(128)).segments).toHaveLength(128)
    expect(() => parsePattern('/a'.repeat(129))).toThrow(InvalidOptionError)
    expect(parsePattern(params(32)).names).toHaveLength(32)
    expect(() => parsePattern(params(33))).toThrow(InvalidOptionError)
  })
})

describe('registration', () => {
  it.each(cases.refusedPatterns)('refuses the pattern %j: %s', (pattern) => {
    expect(() => parsePattern(pattern)).toThrow(InvalidOptionError)
  })

  it.each(cases.duplicates)('8: refuses %s beside %s', (first, second) => {
    const list = new RouteList<null>()
    const add = (text: string) => list.add({ ...routeOf(text), what: null })
    add(first)
    expect(() => add(second)).toThrow(InvalidOptionError)
  })
})

describe('20: forms of a target', () => {
  it.each(cases.targets)('$target with Host $host', ({ target, host, origin }) => {
    expect(originForm(target, authorityOf(host, 'http') ?? '') ?? null).toBe(origin)
  })
})

describe('the table', () => {
  it('is plain data: a matcher runs on what JSON kept of it', () => {
    const { table } = new Router(['GET /a/:id', 'POST /a/*rest'].map(routeOf))
    const copy = JSON.parse(JSON.stringify(table)) as RouteTable
    expect(copy).toEqual(table)
    const matcher = new Matcher(copy)
    expect(matcher.find('GET', '/a/b')).toBe(0)
    expect(matcher.ranges).toEqual([3, 4])
    expect(matcher.find('POST', '/a/b/c')).toBe(1)
    expect(matcher.find('GET', '/a/b/c')).toBe(-1)
  })
})
