import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  encodeRecord,
  HEAD,
  headLengthOf,
  idIn,
  isWithoutValue,
  readBeginning,
} from '../../../src/entry/record.js'
import { anyRecord, id, SAMPLE, text } from './records.js'

describe('the beginning of a record', () => {
  /** As `stampsOf` gives them: the namespace first. */
  const stamps = fc
    .tuple(id, id, fc.array(fc.record({ name: text, hard: id, soft: id }), { maxLength: 5 }))
    .map(([hard, soft, tags]) => [{ name: '', hard, soft }].concat(tags))

  it('says all but the value, cut off where its tags end', () => {
    fc.assert(
      fc.property(anyRecord, stamps, (fields, own) => {
        const bytes = encodeRecord({ ...fields, stamps: own })
        const length = headLengthOf(own.slice(1).map(({ name }) => name))
        const { id, freshUntil, staleUntil } = fields
        expect(readBeginning(bytes.subarray(0, length))).toEqual({
          id,
          freshUntil,
          staleUntil,
          stamps: own,
        })
        expect(readBeginning(bytes)).toEqual(readBeginning(bytes.subarray(0, length)))
        expect(readBeginning(bytes.subarray(0, length - 1))).toBeUndefined()
      }),
    )
  })

  it('of a record with other tags than expected is cut off elsewhere, and is not taken for another', () => {
    const bytes = encodeRecord(SAMPLE)
    expect(headLengthOf(['posts'])).toBe(HEAD.LENGTH + 8 + 2 + 26 + 31)
    for (const tags of [[], ['post']]) {
      expect(readBeginning(bytes.subarray(0, headLengthOf(tags)))).toBeUndefined()
    }
    const longer = readBeginning(bytes.subarray(0, headLengthOf(['posts', 'users'])))
    expect(longer?.stamps).toEqual(SAMPLE.stamps)
  })

  it('shows what a script has written into the head', () => {
    const bytes = encodeRecord(SAMPLE)
    bytes.write('tokentoken120017672256000011', HEAD.TOKEN_AT, 'latin1')
    bytes.write(HEAD.NEVER, HEAD.FRESH_AT, 'latin1')
    expect(readBeginning(bytes.subarray(0, headLengthOf(['posts'])))).toMatchObject({
      id: SAMPLE.id,
      freshUntil: 0,
      staleUntil: SAMPLE.staleUntil,
    })
  })

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['nothing', () => Buffer.alloc(0)],
    ['a head alone', (bytes) => bytes.subarray(0, HEAD.LENGTH + 7)],
    ['zeros', (bytes) => Buffer.alloc(bytes.length)],
    ['another version', (bytes) => Buffer.concat([Buffer.from('SRE2'), bytes.subarray(4)])],
    ['a lease', (bytes) => Buffer.concat([Buffer.from('SRE1L'), bytes.subarray(5)])],
    ['a failure', (bytes) => Buffer.concat([Buffer.from('SRE1F'), bytes.subarray(5)])],
  ])('is nothing of ours: %s', (_, change) => {
    expect(readBeginning(change(encodeRecord(SAMPLE)))).toBeUndefined()
  })

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, isOurs) => {
        const head = isOurs ? encodeRecord(SAMPLE).subarray(0, HEAD.LENGTH) : Buffer.alloc(0)
        readBeginning(Buffer.concat([head, bytes]))
      }),
    )
  })

  it('holds the id where `idIn` finds it', () => {
    const bytes = encodeRecord(SAMPLE)
    bytes.fill(0xff, HEAD.LENGTH)
    expect(idIn(bytes)).toBe(SAMPLE.id)
    expect(idIn(Buffer.from('SRE1'))).toBe('')
  })
})

describe('a key without a value', () => {
  const head = (kind: string): string =>
    HEAD.MAGIC + kind + 'tokentoken12' + HEAD.NEVER + '1' + HEAD.NO_LEASE + HEAD.NEVER + HEAD.NEVER

  it.each<[string, string, boolean]>([
    ['a lease', head(HEAD.LEASE), true],
    ['a failure', head(HEAD.FAILURE) + '{"name":"Error"}', true],
    ['a value', head(HEAD.VALUE), false],
    ['another kind', head('X'), false],
    ['a lease cut short', head(HEAD.LEASE).slice(0, -1), false],
    ['a lease of another version', head(HEAD.LEASE).replace('SRE1', 'SRE2'), false],
    ['nothing', '', false],
    ['something foreign', 'L'.repeat(100), false],
  ])('is told from %s', (_, written, isWithout) => {
    expect(isWithoutValue(Buffer.from(written, 'latin1'))).toBe(isWithout)
  })
})
