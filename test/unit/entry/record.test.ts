import { isDeepStrictEqual } from 'node:util'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCodec } from '../../../src/entry/codec.js'
import {
  decodeRecord,
  encodeRecord,
  HEAD,
  newId,
  type RecordFields,
} from '../../../src/entry/record.js'
import { vet } from '../../../src/entry/vet.js'
import { anyRecord, SAMPLE } from './records.js'
import { anyValue, OPTIONS, TYPES } from './values.js'

function resealed(bytes: Buffer): void {
  bytes.writeUInt32BE(crc32(bytes.subarray(HEAD.LENGTH + 8)), HEAD.LENGTH + 4)
}

describe('round trip', () => {
  it('gives back the fields that were written', () => {
    fc.assert(
      fc.property(anyRecord, (fields) => {
        expect(decodeRecord(encodeRecord(fields))).toStrictEqual(fields)
      }),
    )
  })

  it('carries any value', () => {
    const codec = createCodec(TYPES)
    fc.assert(
      fc.property(anyValue, (value) => {
        const body = codec.encode(vet(value, OPTIONS))
        const read = decodeRecord(encodeRecord({ ...SAMPLE, body })) as RecordFields
        expect(isDeepStrictEqual(codec.decode(read.body), value)).toBe(true)
      }),
    )
  })

  it('gives the body as a view', () => {
    const bytes = encodeRecord(SAMPLE)
    expect((decodeRecord(bytes) as RecordFields).body.bytes.buffer).toBe(bytes.buffer)
  })

  it.each([
    ['over before it began', -5, 0],
    ['stale now', 0, 0],
    ['of the year 9999', 253_402_300_799_999, 253_402_300_799_999],
    ['between two milliseconds', 1_767_225_600_000.9, 1_767_225_600_000],
    ['beyond what fits', 1e20, 999_999_999_999_999],
  ])('keeps a deadline that is %s', (_, written, read) => {
    const bytes = encodeRecord({ ...SAMPLE, freshUntil: written, staleUntil: written })
    expect(decodeRecord(bytes)).toMatchObject({ freshUntil: read, staleUntil: read })
  })

  it('keeps a large body', () => {
    const body = { ...SAMPLE.body, bytes: Buffer.alloc(8 * 2 ** 20, 'x') }
    const read = decodeRecord(encodeRecord({ ...SAMPLE, body })) as RecordFields
    expect(body.bytes.equals(read.body.bytes)).toBe(true)
  })
})

describe('the head', () => {
  const text = encodeRecord(SAMPLE).toString('latin1', 0, HEAD.LENGTH)

  it('is text of fixed width', () => {
    expect(text).toBe('SRE1V............0000000000000000AAAAbbbb0_-9001767225600000001767229200000')
  })

  it('has its fields one behind the other', () => {
    const fields = [
      'MAGIC',
      'KIND',
      'TOKEN',
      'DEADLINE',
      'AWAITED',
      'ID',
      'FRESH',
      'STALE',
    ] as const
    let at = 0
    for (const field of fields) {
      expect(HEAD[`${field}_AT`]).toBe(at)
      at += HEAD[`${field}_WIDTH`]
    }
    expect(HEAD.LENGTH).toBe(at)
    expect([HEAD.NO_LEASE.length, HEAD.NEVER.length]).toEqual([
      HEAD.TOKEN_WIDTH,
      HEAD.DEADLINE_WIDTH,
    ])
  })

  it('can be written over, field by field, as scripts do', () => {
    const bytes = encodeRecord(SAMPLE)
    bytes.write(HEAD.NEVER, HEAD.FRESH_AT, 'latin1')
    bytes.write('leaseTOKEN-_', HEAD.TOKEN_AT, 'latin1')
    bytes.write('001767225600000', HEAD.DEADLINE_AT, 'latin1')
    bytes.write('1', HEAD.AWAITED_AT, 'latin1')
    expect(decodeRecord(bytes)).toStrictEqual({ ...SAMPLE, freshUntil: 0 })
  })
})

describe('faults', () => {
  const written = encodeRecord(SAMPLE)
  const changed = (at: number, text: string): Buffer => {
    const bytes = Buffer.from(written)
    bytes.write(text, at, 'latin1')
    return bytes
  }

  it.each<[string, Buffer, string]>([
    ['nothing', Buffer.alloc(0), 'truncated'],
    ['a part of the magic', Buffer.from('SR'), 'truncated'],
    ['what somebody else wrote', Buffer.from('{"id":7}'), 'foreign'],
    ['a short foreign value', Buffer.from('x'), 'foreign'],
    ['another version', changed(0, 'SRE2'), 'version'],
    ['a lease without a value', changed(HEAD.KIND_AT, 'L'), 'foreign'],
    [
      'only a lease, and nothing behind the head',
      changed(HEAD.KIND_AT, 'L').subarray(0, HEAD.LENGTH),
      'foreign',
    ],
    ['a head alone', written.subarray(0, HEAD.LENGTH), 'truncated'],
    ['a byte too few', written.subarray(0, -1), 'truncated'],
    ['a byte too many', Buffer.concat([written, Buffer.alloc(1)]), 'corrupt'],
    ['a deadline that is no number', changed(HEAD.FRESH_AT, '00176722560000x'), 'corrupt'],
    ['a lease deadline that is no number', changed(HEAD.DEADLINE_AT, '-00000000000001'), 'corrupt'],
    ['an id with a character of its own', changed(HEAD.ID_AT, 'AAAA!'), 'corrupt'],
    ['a token that is neither id nor dots', changed(HEAD.TOKEN_AT, 'abc.'), 'corrupt'],
  ])('says what is wrong with %s', (_, bytes, fault) => {
    expect(decodeRecord(bytes)).toBe(fault)
  })

  it('sees every truncation', () => {
    for (let length = 0; length < written.length; length++) {
      expect(decodeRecord(written.subarray(0, length))).toBe('truncated')
    }
  })

  it('sees every changed bit behind the head', () => {
    for (let at = HEAD.LENGTH; at < written.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const bytes = Buffer.from(written)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
        expect(decodeRecord(bytes)).toBeTypeOf('string')
      }
    }
  })

  it('never throws, and never reads a field from a damaged head but a deadline or an id', () => {
    for (let at = 0; at < HEAD.LENGTH; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const bytes = Buffer.from(written)
        bytes[at] = byte
        const read = decodeRecord(bytes)
        if (typeof read === 'string') continue
        expect({ ...read, id: SAMPLE.id, freshUntil: 0, staleUntil: 0 }).toStrictEqual({
          ...SAMPLE,
          freshUntil: 0,
          staleUntil: 0,
        })
      }
    }
  })

  it('sees lengths inside that lead outside, under a good checksum', () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.nat(),
        fc.uint8Array({ minLength: 1, maxLength: 4 }),
        (fields, at, noise) => {
          const bytes = encodeRecord(fields)
          const start = HEAD.LENGTH + 8
          bytes.set(
            noise.subarray(0, bytes.length - start),
            start + (at % Math.max(1, bytes.length - start - 4)),
          )
          resealed(bytes)
          expect(() => decodeRecord(bytes)).not.toThrow()
        },
      ),
    )
  })

  it('never throws for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, head) => {
        const all = head
          ? Buffer.concat([written.subarray(0, HEAD.LENGTH), bytes])
          : Buffer.from(bytes)
        expect(decodeRecord(all)).toBeTypeOf('string')
      }),
    )
  })
})

describe('what cannot be written', () => {
  it.each<[string, Partial<RecordFields>]>([
    ['an id of another length', { id: 'short' }],
    ['a stamp without an id', { stamps: [{ name: 'a', hard: '', soft: 'soft-------s' }] }],
    ['a tag over 65,535 bytes', { stamps: [{ ...SAMPLE.stamps[0]!, name: 'x'.repeat(65_536) }] }],
    [
      'a content type over 65,535 bytes',
      { body: { ...SAMPLE.body, contentType: 'x'.repeat(65_536) } },
    ],
  ])('%s: RangeError', (_, fields) => {
    expect(() => encodeRecord({ ...SAMPLE, ...fields })).toThrow(RangeError)
  })
})

describe('newId', () => {
  it('gives 12 characters of base64url, none twice', () => {
    const ids = Array.from({ length: 5_000 }, newId)
    expect(ids.every((one) => /^[\w-]{12}$/.test(one))).toBe(true)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
