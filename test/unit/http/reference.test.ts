import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { resolveReference } from '../../../src/http/reference.js'

const BASE = { scheme: 'https', authority: 'a.example', target: '/b/c/d?q=1' } as const

function resolved(reference: string): string | undefined {
  const resource = resolveReference(reference, BASE)
  if (resource === undefined) return undefined
  return `${resource.scheme}://${resource.authority}${resource.target}`
}

describe('resolveReference', () => {
  // Those of RFC 3986 section 5.4 that concern HTTP, and what the parts may look like.
  it.each([
    ['g', 'https://a.example/b/c/g'],
    ['./g', 'https://a.example/b/c/g'],
    ['g/', 'https://a.example/b/c/g/'],
    ['/g', 'https://a.example/g'],
    ['//g', 'https://g/'],
    ['?y', 'https://a.example/b/c/d?y'],
    ['g?y', 'https://a.example/b/c/g?y'],
    ['#s', 'https://a.example/b/c/d?q=1'],
    ['g#s', 'https://a.example/b/c/g'],
    ['g?y#s', 'https://a.example/b/c/g?y'],
    [';x', 'https://a.example/b/c/;x'],
    ['g;x?y#s', 'https://a.example/b/c/g;x?y'],
    ['', 'https://a.example/b/c/d?q=1'],
    ['.', 'https://a.example/b/c/'],
    ['./', 'https://a.example/b/c/'],
    ['..', 'https://a.example/b/'],
    ['../', 'https://a.example/b/'],
    ['../g', 'https://a.example/b/g'],
    ['../..', 'https://a.example/'],
    ['../../g', 'https://a.example/g'],
    ['../../../../g', 'https://a.example/g'],
    ['/./g', 'https://a.example/g'],
    ['/../g', 'https://a.example/g'],
    ['g.', 'https://a.example/b/c/g.'],
    ['..g', 'https://a.example/b/c/..g'],
    ['./g/.', 'https://a.example/b/c/g/'],
    ['g/../h', 'https://a.example/b/c/h'],
    ['g?y/../x', 'https://a.example/b/c/g?y/../x'],
    ['g#s/../x', 'https://a.example/b/c/g'],
    ['?', 'https://a.example/b/c/d?'],
    ['/?', 'https://a.example/?'],
    ['https://x.example', 'https://x.example/'],
    ['https://x.example?y', 'https://x.example/?y'],
    ['https://x.example/a/../b', 'https://x.example/b'],
    ['HTTPS://X.Example/A', 'https://x.example/A'],
    ['https://x.example:443/', 'https://x.example/'],
    ['https://x.example:/', 'https://x.example/'],
    ['https://x.example:80/', 'https://x.example:80/'],
    ['http://x.example:80/', 'http://x.example/'],
    ['http://x.example:443/', 'http://x.example:443/'],
    ['https://[::1]:443/', 'https://[::1]/'],
    ["/p?q='x'", "https://a.example/p?q='x'"],
    ['/%2e%2e/a%2fb', 'https://a.example/%2e%2e/a%2fb'],
    ['/é', 'https://a.example/é'],
    ['//x.example//y', 'https://x.example//y'],
    ['/a//b', 'https://a.example/a//b'],
  ])('%j is %s', (reference, uri) => {
    expect(resolved(reference)).toBe(uri)
  })

  it.each([
    'mailto:a@b',
    'javascript:alert(1)',
    'ftp://a.example/',
    'http:g',
    'https:/g',
    '//',
    '///g',
    'https://',
    'https://:443/',
    'https://user@a.example/',
    'https://a.example@evil.example/',
    'https://a.example\\@evil.example/',
    '\\\\evil.example',
    '/a b',
    '/a\tb',
    '/a\r\nb',
    '/a"b',
    '/<a>',
    `/${'x'.repeat(9_000)}`,
  ])('%j is nothing', (reference) => {
    expect(resolved(reference)).toBeUndefined()
  })

  it('never throws, and keeps to the origin without an authority', () => {
    const unit = fc.constantFrom('a', '/', '.', '..', '?', '#', ':', '@', '%', '[', 'é')
    fc.assert(
      fc.property(fc.string({ unit }), (reference) => {
        const resource = resolveReference(reference, BASE)
        if (resource === undefined) return
        expect(resource.target[0]).toBe('/')
        if (!reference.startsWith('//')) expect(resource).toMatchObject({ authority: 'a.example' })
      }),
    )
  })

  it('gives what it gave, resolved again', () => {
    const unit = fc.constantFrom('a', '/', '.', '..', '?', '//', 'b')
    fc.assert(
      fc.property(fc.string({ unit }), (reference) => {
        const first = resolved(reference)
        if (first !== undefined) expect(resolved(first)).toBe(first)
      }),
    )
  })
})
