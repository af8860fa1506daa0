import fc from 'fast-check'
import type { RecordFields } from '../../../src/entry/record.js'

export const id: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 9, maxLength: 9 })
  .map((bytes) => Buffer.from(bytes).toString('base64url'))
export const text: fc.Arbitrary<string> = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((value) => value.isWellFormed())
const instant = fc.integer({ min: 0, max: 253_402_300_799_999 })

export const anyRecord: fc.Arbitrary<RecordFields> = fc.record(
  {
    id,
    freshUntil: instant,
    staleUntil: instant,
    created: instant,
    loadTime: fc.double({ min: 0, max: 1e9, noNaN: true }).map((ms) => ms + 0),
    stamps: fc.array(fc.record({ name: text, hard: id, soft: id }, { noNullPrototype: true }), {
      maxLength: 5,
    }),
    fullKey: text.filter((key) => key !== ''),
    body: fc.record(
      {
        kind: fc.constantFrom<0 | 1>(0, 1),
        flags: fc.integer({ min: 0, max: 3 }),
        contentType: text,
        bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      },
      { noNullPrototype: true },
    ),
  },
  {
    noNullPrototype: true,
    requiredKeys: ['id', 'freshUntil', 'staleUntil', 'created', 'loadTime', 'stamps', 'body'],
  },
)

export const SAMPLE: RecordFields = {
  id: 'AAAAbbbb0_-9',
  freshUntil: 1_767_225_600_000,
  staleUntil: 1_767_229_200_000,
  created: 1_767_225_300_000,
  loadTime: 12.5,
  stamps: [
    { name: '', hard: 'namespace--h', soft: 'namespace--s' },
    { name: 'posts', hard: 'posts------h', soft: 'posts------s' },
  ],
  body: { kind: 1, flags: 0, contentType: 'text/plain', bytes: Buffer.from('hello') },
}
