import { describe, expect, test } from 'vitest'
import { valueOf, withoutFields } from '../../../src/http/fields.js'
import type { HttpRequest } from '../../../src/http/message.js'
import { present } from '../../../src/http/present.js'
import {
  packResponse,
  type StoredResponse,
  unpackResponse,
} from '../../../src/http/stored-response.js'
import { recordOf } from '../../../src/server/native-record.js'
import { readMeta, type ToldRecord } from '../../support/fake-native-store.js'
import { get } from '../../support/origin.js'

const LIFETIME = {
  initialAge: 0,
  freshFor: 60_000,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  mustRevalidate: false,
  noCache: false,
}
const TIMES = { age: 1_500, freshFor: 58_500, staleFor: 0, isUnheard: false }

const FIELDS = [
  'content-type',
  'text/plain',
  'last-modified',
  'Thu, 01 Jan 2026 00:00:00 GMT',
  'cache-control',
  'no-cache',
  'x-name',
  'caf\xe9',
  'content-length',
  '5',
  'etag',
  '"v1"',
]

function stored(shape: Partial<StoredResponse> = {}): StoredResponse {
  const response: StoredResponse = {
    status: 200,
    fields: FIELDS,
    body: Buffer.from('plain'),
    lifetime: LIFETIME,
    vary: [],
    varyValues: [],
    codings: [
      { name: 'br', body: Buffer.from('brrr') },
      { name: 'gzip', body: Buffer.from('gzi') },
    ],
    ...shape,
  }
  return unpackResponse(packResponse(response)) as StoredResponse
}

function told(shape: Partial<StoredResponse> = {}): ToldRecord {
  const response = stored(shape)
  const packed = packResponse(response)
  const record = recordOf(unpackResponse(packed) as StoredResponse, packed.bytes, TIMES)
  if (record === undefined) throw new Error('it cannot be sent')
  return readMeta(record, packed.bytes as Buffer)
}

/** What is of each answer anew, and what the listener says itself. */
const OWN = new Set(['age', 'cache-status', 'content-length'])
const sorted = (fields: readonly string[]): string[] => {
  const lines: string[] = []
  for (let i = 0; i < fields.length; i += 2) lines.push(`${fields[i]}: ${fields[i + 1]}`)
  return lines.toSorted()
}

describe('the heads are those that JavaScript presents', () => {
  const requests: [coding: 'identity' | 'br' | 'gzip', HttpRequest][] = [
    ['identity', get('/')],
    ['br', get('/', { 'accept-encoding': 'br, gzip' })],
    ['gzip', get('/', { 'accept-encoding': 'gzip' })],
  ]
  test.each(requests)('%s', (coding, request) => {
    const record = told()
    const one = record.representations.find((other) => other.coding === coding)
    if (one === undefined) throw new Error('it is not there')
    const answer = present(request, stored(), 1_500, { hit: true, ttl: 58 })
    expect(sorted(withoutFields(one.fields, OWN))).toEqual(
      sorted(withoutFields(answer.fields, OWN)),
    )
    expect(one.body).toEqual(answer.body)
    expect(valueOf(one.fields, 'content-length')).toBe(String(one.body.length))
    const known = { ...request, fields: [...request.fields, 'if-none-match', one.etag] }
    const unchanged = present(known, stored(), 1_500, { hit: true, ttl: 58 })
    expect(unchanged.status).toBe(304)
    expect(sorted(one.fieldsOf304)).toEqual(sorted(withoutFields(unchanged.fields, OWN)))
  })

  test('of a response without a validator', () => {
    const fields = ['content-type', 'text/plain', 'content-length', '5']
    const [one] = told({ fields, codings: [] }).representations
    const answer = present(get('/'), stored({ fields, codings: [] }), 0, { hit: true })
    expect(sorted(one?.fields ?? [])).toEqual(
      sorted(withoutFields(answer.fields, new Set(['age', 'cache-status']))),
    )
    expect(one).toMatchObject({ etag: '', lastModified: '' })
  })
})

test('only what would be a success is not modified', () => {
  const [one] = told({ status: 404 }).representations
  expect(one).toMatchObject({ fieldsOf304: [], etag: '' })
})

test('a 204 has no length', () => {
  const [one] = told({ status: 204, body: Buffer.alloc(0), codings: [] }).representations
  expect(valueOf(one?.fields ?? [], 'content-length')).toBeUndefined()
})

test('a 205 has no body, whatever is stored', () => {
  const { representations } = told({ status: 205, body: Buffer.from('HTTP/1.1'), codings: [] })
  expect(representations[0]?.body).toHaveLength(0)
  expect(valueOf(representations[0]?.fields ?? [], 'content-length')).toBe('0')
})

test('says what it varies by, and what caches before us said', () => {
  const record = told({
    fields: [...FIELDS, 'cache-status', 'far; hit'],
    vary: ['accept-language', 'cookie'],
    varyValues: ['=de', ''],
  })
  expect(record).toMatchObject({ vary: ['accept-language', 'cookie'], prefix: 'far; hit' })
  expect(record).toMatchObject({ age: 1_500, freshFor: 58_500, staleFor: 0, isUnheard: false })
})

test.each<[title: string, name: string, value: string]>([
  ['a line break', 'x-a', 'a\r\nset-cookie: b'],
  ['a character that Latin-1 would cut to a line break', 'x-a', 'a\u010a'],
  ['a name that is none', 'x a', 'b'],
])('nothing is told of a response with %s', (_, name, value) => {
  const packed = packResponse(stored({ fields: [...FIELDS, name, value] }))
  expect(recordOf(unpackResponse(packed) as StoredResponse, packed.bytes, TIMES)).toBeUndefined()
})
