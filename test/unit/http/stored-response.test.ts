import { expect, test } from 'vitest'
import { RawBody } from '../../../src/entry/raw-body.js'
import {
  packResponse,
  type StoredResponse,
  unpackResponse,
} from '../../../src/http/stored-response.js'

const stored: StoredResponse = {
  status: 200,
  fields: ['content-type', 'text/plain', 'x', 'é ÿ'],
  body: Buffer.from('body'),
  lifetime: {
    initialAge: 0,
    freshFor: 1_000,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    mustRevalidate: false,
    noCache: false,
  },
  vary: ['accept'],
  varyValues: ['=a'],
  codings: [{ name: 'gzip', body: Buffer.from('zip') }],
}

/** As another process reads it. */
const reread = ({ contentType, bytes }: RawBody): RawBody =>
  new RawBody(contentType, Buffer.from(bytes))

test('a stored response is what was stored, in this process and in another', () => {
  const packed = packResponse(stored)
  for (const value of [packed, reread(packed)]) {
    const unpacked = unpackResponse(value)
    expect(unpacked).toEqual(stored)
    expect(unpackResponse(value)).toBe(unpacked)
  }
})

test('anything else is none', () => {
  const { contentType, bytes } = packResponse(stored)
  const of = (change: (copy: Buffer) => Uint8Array): RawBody =>
    new RawBody(contentType, change(Buffer.from(bytes)))
  for (const value of [
    undefined,
    'text',
    new RawBody('text/plain', bytes),
    of((copy) => copy.subarray(0, 3)),
    of((copy) => copy.subarray(0, -1)),
    of((copy) => Buffer.concat([copy, Buffer.from('x')])),
    of((copy) => copy.fill(0xff, 0, 4)),
    of((copy) => copy.fill('x', 4, 5)),
    of((copy) => Buffer.from(copy.toString('latin1').replace('"v":1', '"v":2'), 'latin1')),
  ]) {
    expect(unpackResponse(value)).toBeUndefined()
  }
})
