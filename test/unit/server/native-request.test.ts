import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NativeRequest } from '../../../src/server/native-request.js'
import {
  REQUEST_WORDS,
  recordBytes,
  type Shared,
  sharedBuffer,
  WireError,
} from '../../../src/server/native-wire.js'
import { requestRecord } from '../../support/native-records.js'

function sharedOf(bytes: Buffer, before = 0): Shared {
  const shared = sharedBuffer(before + bytes.length)
  bytes.copy(shared.bytes, before)
  return shared
}

function read(record: Buffer, before = 0): NativeRequest {
  return new NativeRequest(sharedOf(record, before), before, record.length)
}

const text = (chars: string, max = 20) =>
  fc.string({ unit: fc.constantFrom(...chars.split('')), maxLength: max })
const path = text('ab/%.é~').map((rest) => `/${rest}`)
const field = fc
  .tuple(text('abc-', 8), text('xyz é,;\t', 12))
  .map(([name, value]) => [`n${name}`, value])

const request = fc.record({
  slot: fc.nat(),
  generation: fc.nat(),
  fill: fc.nat(),
  method: fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'PROPFIND', 'M-SEARCH'),
  authority: text('ab.:1'),
  client: text('1.:'),
  fields: fc.array(field, { maxLength: 5 }).map((lines) => lines.flat()),
  body: fc.uint8Array({ maxLength: 9 }),
})

describe('a request', () => {
  it('is read as it was written, wherever in the buffer it stands', () => {
    const query = fc.option(text('a=?&'), { nil: undefined })
    const other = fc.option(path, { nil: undefined })
    fc.assert(
      fc.property(request, path, query, other, fc.nat(8), (given, path, query, other, words) => {
        const target = query === undefined ? path : `${path}?${query}`
        const canonical = other === undefined ? {} : { path: other }
        const found = read(requestRecord({ ...given, target, ...canonical }), words * 4)
        const { slot, generation, fillToken: fill, method, authority, client, fields } = found
        const body = new Uint8Array(found.body ?? [])
        expect({ slot, generation, fill, method, authority, client, fields, body }).toEqual(given)
        expect(found.target).toBe(target)
        expect(found.path).toBe(other ?? path)
        expect(found.query).toBe(query ?? '')
        expect(found.length).toBe(given.body.byteLength)
      }),
    )
  })

  it.each([
    [0, 0],
    [5, 5],
    [2 ** 33 + 1, 2 ** 33 + 1],
    [undefined, undefined],
  ])('has a body of %s bytes to come', (length, expected) => {
    const found = read(requestRecord({ length }))
    expect([found.length, found.body]).toEqual([expected, undefined])
  })

  it('is refused where its parts are longer than its record, whatever the words say', () => {
    const word = fc.oneof(fc.nat(400), fc.constantFrom(0xffff_ffff, 0x8000_0000, 0x7fff_ffff))
    const changes = fc.array(fc.tuple(fc.integer({ min: 4, max: REQUEST_WORDS - 1 }), word), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(request, changes, (given, changes) => {
        const record = requestRecord({ ...given, target: '/a?b' })
        for (const [at, value] of changes) record.writeUInt32LE(value, at * 4)
        let found: NativeRequest
        try {
          found = read(record)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
          return
        }
        const { method, authority, target, path, query, client, fields } = found
        const all = [method, authority, target, path, query, client, ...fields].join('')
        expect(all.length).toBeLessThan(record.length * 4)
        expect((found.body ?? []).length).toBeLessThan(record.length)
      }),
    )
  })
})

describe('a record', () => {
  it('is whole, or an error', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(64), fc.nat(0xffff_ffff)), fc.nat(16), (length, words) => {
        const shared = sharedBuffer(64)
        shared.words[0] = length
        const end = words * 4
        const isWhole = length >= 16 && length % 4 === 0 && length <= end
        if (isWhole) expect(recordBytes(shared.words, 0, end)).toBe(length)
        else expect(() => recordBytes(shared.words, 0, end)).toThrow(WireError)
      }),
    )
  })
})
