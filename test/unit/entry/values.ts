import fc from 'fast-check'
import type { CodecType, VetOptions } from '../../../src/entry/vet.js'

/** A class with a type of its own, as an application would have one. */
export class Money {
  readonly amount: bigint
  readonly currency: unknown

  constructor(amount: bigint, currency: unknown) {
    this.amount = amount
    this.currency = currency
  }
}

const MONEY: CodecType<Money> = {
  name: 'money',
  class: Money,
  encode: (money) => [money.amount, money.currency],
  decode: (data) => new Money(...(data as [bigint, unknown])),
}

export const TYPES: readonly CodecType[] = [MONEY]
export const OPTIONS: VetOptions = { freeze: false, instances: 'refuse', types: TYPES }

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }).filter((value) => value.isWellFormed()),
  fc.constantFrom(
    '',
    '\uFEFF',
    `\uFEFF${'x'.repeat(80)}`,
    `\uFEFF\uFEFF${'é'.repeat(40)}`,
    'ü'.repeat(300),
  ),
)

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('id', 'name', 'a', 'b', 'c') },
  { weight: 3, arbitrary: text },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '__proto__',
      '__keys__',
      'constructor',
      'toJSON',
      'hasOwnProperty',
      'length',
      '0',
    ),
  },
)

const number = fc
  .oneof(fc.integer(), fc.double(), fc.maxSafeInteger())
  .map((n) => (n === 0 ? 0 : n))

const leaf = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(null, undefined, /a\/b/u, /x/gi),
  fc.bigInt(),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  // Node says of two invalid dates that they differ: tested by themselves.
  fc.date({ noInvalidDate: true }),
  fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  fc.uint8Array(),
  fc.float64Array(),
  fc.uint8Array().map((bytes) => bytes.slice().buffer),
  fc.uint8Array({ minLength: 2 }).map((bytes) => new DataView(bytes.slice().buffer)),
)

/** Values of every kind that `vet` accepts. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small', withCrossShrink: true },
    { weight: 4, arbitrary: leaf },
    { weight: 3, arbitrary: fc.array(tie('value'), { maxLength: 6 }) },
    {
      weight: 4,
      arbitrary: fc
        .array(fc.tuple(key, tie('value')), { maxLength: 6 })
        .map((e) => Object.fromEntries(e)),
    },
    {
      weight: 1,
      arbitrary: fc.array(fc.tuple(leaf, tie('value')), { maxLength: 4 }).map((e) => new Map(e)),
    },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 4 }).map((e) => new Set(e)) },
    {
      weight: 1,
      arbitrary: fc.tuple(text, tie('value')).map(([message, cause]) => errorWith(message, cause)),
    },
    { weight: 1, arbitrary: fc.tuple(fc.bigInt(), tie('value')).map(([n, c]) => new Money(n, c)) },
  ),
})).value

function errorWith(message: string, cause: unknown): Error {
  return Object.assign(new RangeError(message, { cause }), { code: 'E_RANGE', detail: cause })
}
