import fc from 'fast-check'
import { expect, it } from 'vitest'
import { canonicalPath } from '../../../src/server/canonical.js'
import { parsePattern, type Pattern, type Segment } from '../../../src/server/pattern.js'
import { Router } from '../../../src/server/router.js'

interface Route {
  readonly method: string
  readonly pattern: Pattern
}

// Few words, so that routes and paths meet.
const word = fc.constantFrom('a', 'b', 'ab', '', '%2F', '~')
const part = fc.oneof({ weight: 3, arbitrary: word }, fc.constantFrom(':x', ':y', ':z'))
const patternText = fc
  .tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom('', '/*rest', '/*'))
  .map(
    ([parts, tail]) =>
      `/${parts.map((one, i) => (one.startsWith(':') ? `${one}${i}` : one)).join('/')}${tail}`,
  )
const method = fc.constantFrom('GET', 'POST', 'HEAD', '*')
const routes: fc.Arbitrary<Route[]> = fc.uniqueArray(
  fc.record({ method, pattern: patternText.map(parsePattern) }),
  { maxLength: 12, selector: (one) => `${one.method} ${one.pattern.shape}` },
)
const path = fc
  .array(fc.oneof(word, fc.constantFrom('c', '%7e', '%2f', 'a%20')), { maxLength: 6 })
  .map((parts) => `/${parts.join('/')}`)
const asked = fc.constantFrom('GET', 'POST', 'HEAD', 'PUT')

/** The rules again, one route at a time: all that match, the most specific of them. */
function naive(list: readonly Route[], verb: string, target: string): number {
  const segments = target.slice(1).split('/')
  const found = list
    .map((route, index) => ({ route, index }))
    .filter(({ route }) => accepts(route.method, verb) && matches(route.pattern.segments, segments))
  found.sort(
    (a, b) =>
      specificity(a.route.pattern).localeCompare(specificity(b.route.pattern)) ||
      nearness(a.route.method, verb) - nearness(b.route.method, verb),
  )
  return found[0]?.index ?? -1
}

function accepts(own: string, verb: string): boolean {
  return own === verb || own === '*' || (own === 'GET' && verb === 'HEAD')
}

function nearness(own: string, verb: string): number {
  return own === verb ? 0 : own === '*' ? 2 : 1
}

function matches(pattern: readonly Segment[], segments: readonly string[]): boolean {
  const [first, ...rest] = pattern
  if (first === undefined) return segments.length === 0
  if (segments.length === 0) return false
  if (first.kind === 'tail') return segments.join('/') !== ''
  const [segment, ...others] = segments
  const fits = first.kind === 'param' ? segment !== '' : segment === first.text
  return fits && matches(rest, others)
}

/** Sorts static before param before tail, level by level. */
function specificity({ segments }: Pattern): string {
  return segments.map(({ kind }) => ({ static: 1, param: 2, tail: 3 })[kind]).join('')
}

it('finds what the rules say, one route at a time', () => {
  fc.assert(
    fc.property(routes, asked, path, (list, verb, target) => {
      const match = new Router(list).match(verb, target)
      const canonical = canonicalPath(target) ?? ''
      const expected = naive(list, verb, canonical)
      expect(match.kind === 'route' ? match.route : -1).toBe(expected)
      if (match.kind !== 'none') return
      const allowed = ['GET', 'POST', 'HEAD'].filter((one) => naive(list, one, canonical) !== -1)
      const told = match.allow.split(', ').filter((one) => ['GET', 'POST', 'HEAD'].includes(one))
      expect(told).toEqual(allowed.toSorted())
      expect(match.status).toBe(allowed.length === 0 ? 404 : 405)
    }),
    { numRuns: 3_000 },
  )
})

it('gives the ranges of the params: put back into the pattern they make the path', () => {
  fc.assert(
    fc.property(routes, path, (list, target) => {
      const match = new Router(list).match('GET', target)
      if (match.kind !== 'route') return
      let next = 0
      const made = list[match.route]?.pattern.segments.map((segment) =>
        segment.kind === 'static'
          ? segment.text
          : match.path.slice(match.ranges[next++], match.ranges[next++]),
      )
      expect(`/${made?.join('/')}`).toBe(match.path)
    }),
  )
})

it('canonical paths stay as they are', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'/a.%2eE5Ff~;'.split('')) }), (text) => {
      const once = canonicalPath(`/${text}`)
      if (once !== undefined) expect(canonicalPath(once)).toBe(once)
    }),
  )
})

it('takes any string as a target, and answers', () => {
  const router = new Router([{ method: 'GET', pattern: parsePattern('/*rest') }])
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const match = router.match('GET', `/${text}`)
      const isPlain = /^[!-"$-~]*$/.test(text)
      if (!isPlain) expect(match).toMatchObject({ status: 400 })
    }),
  )
})
