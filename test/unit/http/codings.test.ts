import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import {
  codingsOf,
  inCodingFor,
  isCompressible,
  withCodingVary,
} from '../../../src/http/codings.js'
import { valueOf } from '../../../src/http/fields.js'
import type { StoredResponse } from '../../../src/http/stored-response.js'
import { get } from '../../support/origin.js'

const body = Buffer.from('text '.repeat(1_000))

describe('a response', () => {
  test.each([
    'text/html',
    'text/css; charset=utf-8',
    'Application/JSON',
    'application/problem+json',
    'image/svg+xml',
    'application/javascript',
    'application/wasm',
  ])('of %s is made smaller', (type) => {
    expect(isCompressible(['content-type', type])).toBe(true)
  })

  test.each<[string, string[]]>([
    ['an image', ['content-type', 'image/png']],
    ['an event stream', ['content-type', 'text/event-stream']],
    ['what says no type', []],
    ['what has a coding', ['content-type', 'text/html', 'content-encoding', 'gzip']],
    ['a part', ['content-type', 'text/html', 'content-range', 'bytes 0-1/2']],
    ['what may not be changed', ['content-type', 'text/html', 'cache-control', 'No-Transform']],
  ])('leaves alone %s', (_, fields) => {
    expect(isCompressible(fields)).toBe(false)
  })
})

test('codings are those that make the body smaller', async () => {
  const made = await codingsOf(body)
  expect(made.map(({ name }) => name)).toEqual(['br', 'gzip'])
  expect(brotliDecompressSync(made[0]?.body as Buffer).equals(body)).toBe(true)
  expect(gunzipSync(made[1]?.body as Buffer).equals(body)).toBe(true)
  expect(await codingsOf(Buffer.from('x'))).toEqual([])
})

test.each([
  [[], 'accept-encoding'],
  [['vary', 'Accept'], 'accept, accept-encoding'],
  [['vary', 'Accept-Encoding'], 'Accept-Encoding'],
  [['vary', '*'], '*'],
])('Vary of %j becomes %s', (fields, expected) => {
  expect(valueOf(withCodingVary(fields), 'vary')).toBe(expected)
})

describe('the coding for a client', () => {
  const stored = (etag: string): StoredResponse => ({
    status: 200,
    fields: ['etag', etag, 'content-length', String(body.length)],
    body,
    lifetime: {
      initialAge: 0,
      freshFor: 0,
      staleWhileRevalidate: 0,
      staleIfError: 0,
      mustRevalidate: false,
      noCache: false,
    },
    vary: [],
    varyValues: [],
    codings: [
      { name: 'br', body: Buffer.from('b') },
      { name: 'gzip', body: Buffer.from('gz') },
    ],
  })

  test.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['GZIP', 'gzip'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['*;q=0', undefined],
    ['gzip;q=0', undefined],
    ['gzip;q=0.5, identity;q=0.8', undefined],
    ['gzip;q=0.8, identity;q=0.5', 'gzip'],
    ['deflate', undefined],
    ['x-gzip', undefined],
  ])('that says %j is %s', (accepted, expected) => {
    const request = get('/', accepted === undefined ? {} : { 'accept-encoding': accepted })
    const sent = inCodingFor(request, stored('"e"'))
    expect(valueOf(sent.fields, 'content-encoding')).toBe(expected)
    expect(valueOf(sent.fields, 'content-length')).toBe(String(sent.body.byteLength))
    expect(valueOf(sent.fields, 'etag')).toBe(expected === undefined ? '"e"' : `"e-${expected}"`)
  })

  test('is none for a part', () => {
    const request = get('/', { 'accept-encoding': 'br', range: 'bytes=0-1' })
    expect(inCodingFor(request, stored('"e"')).body).toBe(body)
  })

  test('has a weak tag of its own where the tag is weak', () => {
    const sent = inCodingFor(get('/', { 'accept-encoding': 'gzip' }), stored('W/"e"'))
    expect(valueOf(sent.fields, 'etag')).toBe('W/"e-gzip"')
  })
})
