import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inCodingFor } from '../../src/http/codings.js'
import { parseEntityTag, parseEntityTags, weakMatch } from '../../src/http/entity-tag.js'
import { valueOf } from '../../src/http/fields.js'
import type { StoredResponse } from '../../src/http/stored-response.js'
import { authorityOf } from '../../src/server/authority.js'
import { canonicalPath } from '../../src/server/canonical.js'
import { originForm } from '../../src/server/target.js'
import { hasNativeGrammar, NativeGrammar } from '../support/native-grammar.js'

interface Cases {
  readonly targets: readonly {
    readonly target: string
    readonly host: string
    readonly origin: string | null
  }[]
}

const cases = JSON.parse(readFileSync(new URL('router.json', import.meta.url), 'utf8')) as Cases

/** Milliseconds of the first build. */
const BUILD_TIME = 600_000

const RUNS = { numRuns: 300 }

const WELL_FORMED = /^[ \t,]*((W\/)?"[!#-~\x80-\xff]*"([ \t]*,[ \t,]*|[ \t]*$))*$/

describe.runIf(hasNativeGrammar)('the native front reads as the TypeScript server does', () => {
  let grammar: NativeGrammar
  beforeAll(async () => {
    grammar = new NativeGrammar()
    await grammar.ask({ paths: [] })
  }, BUILD_TIME)
  afterAll(() => grammar.close())

  /** Asks both, many at once: a question costs more than its answer. */
  async function agree<Q>(
    name: string,
    one: fc.Arbitrary<Q>,
    answerOf: (question: Q) => unknown,
    mayLeave: (question: Q) => boolean = () => false,
  ): Promise<void> {
    await fc.assert(
      fc.asyncProperty(fc.array(one, { maxLength: 40 }), async (questions) => {
        const answers = await grammar.ask({ [name]: questions })
        const expected = questions.map((question, i) => {
          const isLeft = answers[i] === 'judge' && mayLeave(question)
          return isLeft ? 'judge' : answerOf(question)
        })
        expect(answers).toEqual(expected)
      }),
      RUNS,
    )
  }

  it('the coding that a client takes most gladly', async () => {
    await agree(
      'codings',
      fc.tuple(accepted(), storedCodings()),
      ([field, codings]) => codingFor(field, codings),
      ([field]) => /[^\t -~]/.test(field ?? ''),
    )
  })

  it.each([
    ['gzip', ['br', 'gzip'], 'gzip'],
    ['gzip, br', ['br', 'gzip'], 'br'],
    ['br;q=0.5, gzip;q=0.6', ['br', 'gzip'], 'gzip'],
    ['br;q=0.001, identity;q=0', ['br'], 'br'],
    ['identity;q=0', ['br'], 'identity'],
    ['*;q=0.1', ['gzip'], 'gzip'],
    ['*, br;q=0', ['br', 'gzip'], 'gzip'],
    ['BR', ['br'], 'br'],
    ['', ['br'], 'identity'],
    ['br;q=1.5', ['br'], 'br'],
    ['br;q=0.0000', ['br'], 'br'],
    ['br; q = 0.000', ['br'], 'identity'],
    ['br;q=0;q=1', ['br'], 'identity'],
    ['br, br;q=0', ['br'], 'br'],
    [`${'a,'.repeat(31)}br`, ['br'], 'br'],
    [`${'a,'.repeat(32)}br`, ['br'], 'identity'],
    ['br\xa0', ['br'], 'judge'],
    [null, ['br'], 'identity'],
  ] as [string | null, ('br' | 'gzip')[], string][])(
    'Accept-Encoding %j of %j: %s',
    async (field, codings, coding) => {
      if (coding !== 'judge') expect(codingFor(field, codings)).toBe(coding)
      expect(await grammar.ask({ codings: [[field, codings]] })).toEqual([coding])
    },
  )

  it('whether an entity tag is among those of a client', async () => {
    await agree(
      'tags',
      fc.tuple(tagList(), ownTag()),
      ([field, own]) => matchOf(field, own),
      ([field]) => !WELL_FORMED.test(field),
    )
  })

  it.each([
    ['"a"', '"a"', 'found'],
    ['W/"a"', '"a"', 'found'],
    ['"a"', 'W/"a"', 'found'],
    ['"b", "a"', '"a"', 'found'],
    ['"b","c"', '"a"', 'missing'],
    ['*', null, 'found'],
    [' * ', '"a"', 'found'],
    ['"*"', '"a"', 'missing'],
    ['', '"a"', 'missing'],
    [', ,"a",,', '"a"', 'found'],
    ['"a\\"', '"a\\"', 'found'],
    ['""', '""', 'found'],
    ['"a', '"a"', 'judge'],
    ['a', '"a"', 'judge'],
    ['w/"a"', '"a"', 'judge'],
    ['"b" "a"', '"a"', 'judge'],
    ['"a", *', '"a"', 'judge'],
    ['"a b"', '"a"', 'judge'],
    ['"a"', 'a', 'missing'],
    ['"a"', null, 'missing'],
    ['"\xe9"', '"\xe9"', 'found'],
  ])('If-None-Match %j of %j: %s', async (field, own, answer) => {
    if (answer !== 'judge') expect(matchOf(field, own)).toBe(answer)
    expect(await grammar.ask({ tags: [[field, own]] })).toEqual([answer])
  })

  it('what an authority is', async () => {
    await agree('authorities', fc.tuple(authority(), scheme()), ([text, name]) => {
      return authorityOf(text, name) ?? null
    })
  })

  it.each(cases.targets)('$target with Host $host', async ({ target, host, origin }) => {
    const targets = [[target, authorityOf(host, 'http') ?? '']]
    expect(await grammar.ask({ targets })).toEqual([origin])
  })

  it('what a target in absolute-form is', async () => {
    const target = fc
      .tuple(
        fc.constantFrom('http://', 'HTTPS://', 'ftp://', 'http:/', '//', ''),
        authority(),
        fc.constantFrom('', '/', '/a?b', '?b', '#c', 'a', '\\'),
      )
      .map((parts) => parts.join(''))
    await agree('targets', fc.tuple(target, authority()), ([text, own]) => {
      return originForm(text, own) ?? null
    })
  })

  it('the one spelling of a path', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '/',
        '.',
        '%2e',
        '%2E',
        '%41',
        '%7e',
        '%e2',
        '%C3',
        '%2f',
        '%00',
        '%',
        'a',
        '~',
      ),
      fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      fc.tuple(hex(), hex()).map(([high, low]) => `%${high}${low}`),
    )
    const path = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)
    await agree('paths', path, (text) => canonicalPath(text) ?? null)
  })
})

function codingFor(field: string | null, names: readonly ('br' | 'gzip')[]): string {
  const fields = field === null ? [] : ['accept-encoding', field]
  const body = new Uint8Array(0)
  const stored = {
    status: 200,
    fields: [],
    body,
    codings: names.map((name) => ({ name, body })),
  } as unknown as StoredResponse
  const request = { method: 'GET', scheme: 'http', authority: 'x', target: '/', fields } as const
  return valueOf(inCodingFor(request, stored).fields, 'content-encoding') ?? 'identity'
}

function matchOf(field: string, own: string | null): string {
  const tags = parseEntityTags([field])
  if (tags === '*') return 'found'
  const tag = parseEntityTag(own ?? undefined)
  return tag !== undefined && tags.some((one) => weakMatch(one, tag)) ? 'found' : 'missing'
}

function accepted() {
  const name = fc.constantFrom(
    'br',
    'gzip',
    'identity',
    '*',
    'BR',
    'Gzip',
    'x-gzip',
    'a',
    '',
    'b r',
  )
  const weight = fc.constantFrom(
    '0',
    '1',
    '0.5',
    '0.50',
    '0.501',
    '0.',
    '1.000',
    '1.001',
    '2',
    '.5',
  )
  const parameter = fc.oneof(
    weight.map((text) => `q=${text}`),
    weight.map((text) => ` Q = ${text}\t`),
    fc.constantFrom('', 'a=b', 'q', 'q=', 'q="1"', 'q=0.1234', 'qq=1', '\xa0q=0'),
  )
  const member = fc
    .tuple(name, fc.array(parameter, { maxLength: 2 }))
    .map(([text, parameters]) => [text, ...parameters].join(';'))
  const field = fc
    .array(member, { maxLength: 6 })
    .chain((members) => fc.constantFrom(',', ', ', '\t, ').map((comma) => members.join(comma)))
  return fc.option(field, { freq: 20 })
}

function storedCodings() {
  return fc.constantFrom<('br' | 'gzip')[]>([], ['br'], ['gzip'], ['br', 'gzip'], ['gzip', 'br'])
}

function ownTag() {
  return fc.option(fc.constantFrom('"a"', 'W/"a"', '"b"', '""', '"a,b"', 'a', '"\xe9"', '"a\\"'))
}

function tagList() {
  const tag = fc.constantFrom('"a"', 'W/"a"', '"b"', '""', '"a,b"', '"\xe9"', '"a\\"')
  const other = fc.constantFrom('a', '*', '"', '"a', 'w/"a"', 'W/', '"a b"', '\t', '"\x7f"', '')
  const member = fc.oneof({ weight: 4, arbitrary: tag }, other)
  const comma = fc.constantFrom(',', ', ', ' , ', ',,', ' ')
  return fc
    .array(fc.tuple(member, fc.oneof({ weight: 4, arbitrary: fc.constant(', ') }, comma)), {
      maxLength: 5,
    })
    .map((members) => members.flat().join(''))
}

function scheme() {
  return fc.constantFrom<('http' | 'https')[]>('http', 'https')
}

function hex() {
  return fc.constantFrom(...'0123456789abcdefABCDEFg'.split(''))
}

function authority() {
  const piece = fc.constantFrom(
    'example.com', 'EXAMPLE', 'x', '.', '-', '_', '~', ':', ':80', ':443', ':080', ':65535', ':65536',
    ':00080', ':123456', '[', ']', '[::1]', '[1.2.3.4]', '[:]', '[g]', '@', '/', ' ', ',', '%41', '\xe9',
    'a'.repeat(250), '[' + 'a'.repeat(45) + ']', '[' + 'a'.repeat(46) + ']', '\n', '0', 'A',
  ) // prettier-ignore
  return fc.array(piece, { maxLength: 4 }).map((pieces) => pieces.join(''))
}
