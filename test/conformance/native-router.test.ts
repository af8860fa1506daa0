import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { paramsOf } from '../../src/server/path-params.js'
import { parsePattern } from '../../src/server/pattern.js'
import { type Match, Router } from '../../src/server/router.js'
import { hasNativeGrammar, NativeGrammar } from '../support/native-grammar.js'

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
}

const cases = JSON.parse(readFileSync(new URL('router.json', import.meta.url), 'utf8')) as Cases

/** What Rust says of a request: the status of what is refused, null for what has no route. */
type Found =
  | number
  | null
  | {
      readonly route: number
      readonly path: string
      readonly query: string | null
      readonly ranges: readonly (readonly [begin: number, end: number])[]
    }

type Ask = readonly [method: string, target: string]

/** Milliseconds of the first build. */
const BUILD_TIME = 600_000

const SECOND = 1_000

describe.runIf(hasNativeGrammar)('the native matcher', () => {
  let grammar: NativeGrammar
  beforeAll(async () => {
    grammar = new NativeGrammar()
    await grammar.ask({ paths: [] })
  }, BUILD_TIME)
  afterAll(() => grammar.close())

  const findAll = async (routes: readonly string[], requests: readonly Ask[]) =>
    (await grammar.ask({ program: programOf(routes), requests })) as readonly Found[]

  describe.each(cases.routes)('$rule', ({ routes, requests }) => {
    it.each(requests)('%s %s', async (method, target, ...expected) => {
      for (const list of [routes, routes.toReversed()]) {
        const [found] = await findAll(list, [[method, target]])
        expect(answerOf(list, found)).toEqual(answerIn(method, expected))
      }
    })
  })

  it.each(cases.long)('$rule', async ({ pattern, path: [start, unit, times], status }) => {
    const [found] = await findAll([`GET ${pattern}`], [['GET', start + unit.repeat(times)]])
    expect(typeof found === 'number' ? found : 200).toBe(status)
  })

  it.each([
    ['words that meet', fc.array(fc.tuple(asked(), plainTarget()), { maxLength: 20 })],
    ['hostile targets', fc.array(fc.tuple(asked(), hostileTarget()), { maxLength: 20 })],
  ])(
    'finds what the TypeScript matcher finds: %s',
    async (_, requests) => {
      await fc.assert(
        fc.asyncProperty(routeList(), requests, async (routes, asks) => {
          const router = routerOf(routes)
          const found = await findAll(routes, asks)
          const expected = asks.map(([method, target]) => {
            return foundIn(router, router.match(method, target), target)
          })
          expect(found).toEqual(expected)
        }),
        { numRuns: 500 },
      )
    },
    60 * SECOND,
  )

  it('finds a segment among many as among few', async () => {
    const routes = Array.from({ length: 2_000 }, (_, i) => `GET /a/${i}/:x/${i % 7}`)
    const asks = routes.map((_, i): Ask => ['GET', `/a/${i}/y/${i % 8}`])
    const router = routerOf(routes)
    const expected = asks.map(([method, target]) =>
      foundIn(router, router.match(method, target), target),
    )
    expect(await findAll(routes, asks)).toEqual(expected)
  })
})

/** In the table a pattern's own text tells the route. A param that is no UTF-8 is found out in JavaScript. */
function answerOf(routes: readonly string[], found: Found | undefined): unknown[] {
  if (found === undefined || found === null) return ['no route']
  if (typeof found === 'number') return [found]
  const names = routeOf(routes[found.route] as string).pattern.names
  const params = paramsOf(names, found.path, found.ranges.flat())
  expect(found.ranges).toHaveLength(names.length)
  return params === undefined ? [400] : [routes[found.route], params]
}

/** What has no route is answered by JavaScript: 204, 404, or a 405 of its path. */
function answerIn(method: string, [status, ...more]: readonly unknown[]): unknown[] {
  if (method === 'TRACE' || method === 'CONNECT') return [status]
  return status === 204 || status === 404 || status === 405 ? ['no route'] : [status, ...more]
}

function routeOf(text: string) {
  const [method = '', pattern = ''] = text.split(' ')
  return { method, pattern: parsePattern(pattern) }
}

function routerOf(routes: readonly string[]): Router {
  return new Router(routes.map(routeOf))
}

/** As the listener gives it to the front. */
function programOf(routes: readonly string[]): string {
  const { table, methods, allow } = routerOf(routes)
  return JSON.stringify({ version: 1, table, methods, allow })
}

function foundIn(router: Router, match: Match, target: string): Found {
  if (match.kind === 'refused') return match.status
  if (match.kind === 'none') return null
  const { route, path, query } = match
  const names = router.table.names[route] ?? []
  const ranges = names.map((_, i): [number, number] => [
    match.ranges[i * 2] as number,
    match.ranges[i * 2 + 1] as number,
  ])
  return { route, path, query: target.includes('?') ? query : null, ranges }
}

function asked() {
  return fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', 'OPTIONS', 'PURGE', 'get', 'TRACE')
}

/** Few words, so that routes and paths meet. */
function word() {
  return fc.constantFrom('a', 'b', 'ab', '', '%2F', '~', '1', '2', '3', '4', '5', '6', '7', '8')
}

function routeList() {
  const part = fc.oneof({ weight: 3, arbitrary: word() }, fc.constantFrom(':x', ':y', ':z'))
  const method = fc.constantFrom('GET', 'POST', 'HEAD', '*', 'PURGE', 'OPTIONS')
  const tail = fc.constantFrom('', '/*rest', '/*')
  const route = fc
    .tuple(method, fc.array(part, { maxLength: 4 }), tail)
    .map(([verb, parts, end]) => {
      const own = parts.map((one, i) => (one.startsWith(':') ? `${one}${i}` : one))
      return `${verb} /${own.join('/')}${end}`
    })
  const shape = (text: string): string => {
    const { method, pattern } = routeOf(text)
    return `${method} ${pattern.shape}`
  }
  return fc.uniqueArray(route, { maxLength: 30, selector: shape })
}

function plainTarget() {
  const part = fc.oneof(word(), fc.constantFrom('c', '%7e', '%2f', 'a%20', '%61'))
  const query = fc.constantFrom('', '?', '?a=/b', '?%zz')
  return fc
    .tuple(fc.array(part, { maxLength: 6 }), query)
    .map(([parts, rest]) => `/${parts.join('/')}${rest}`)
}

/** What is sent to find out where two readers differ. */
function hostileTarget() {
  const piece = fc.oneof(
    fc.constantFrom('/', '//', '.', '..', '/.', '/..', '%2e', '%2E%2e', '%2f', '%5c', '%25', '%00'),
    fc.constantFrom(
      '%',
      '%4',
      '%zz',
      '%u0041',
      '%ff',
      '?',
      '#',
      '*',
      '\\',
      ';',
      ':',
      '@',
      '&',
      '+',
    ),
    fc.constantFrom('a', 'b', 'é', ' ', '\t', '\0', '\x7f', '/a'.repeat(60), 'http://x'),
    fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  )
  return fc
    .tuple(fc.constantFrom('/', ''), fc.array(piece, { maxLength: 8 }))
    .map(([start, pieces]) => start + pieces.join(''))
}
