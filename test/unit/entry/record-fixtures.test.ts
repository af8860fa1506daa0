import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import { BODY_FLAG } from '../../../src/entry/body-flag.js'
import { createCodec } from '../../../src/entry/codec.js'
import { expandBody } from '../../../src/entry/compress.js'
import { decodeRecord, type RecordFields } from '../../../src/entry/record.js'
import { CASES, TYPES } from '../../fixtures/record/cases.js'

const codec = createCodec(TYPES)

it.each(CASES)(
  'reads the record of version 1: $name',
  async ({ name, value, fields, compressed }) => {
    const bytes = await readFile(new URL(`../../fixtures/record/v1-${name}.bin`, import.meta.url))
    const { body, ...rest } = decodeRecord(bytes) as RecordFields
    expect(rest).toStrictEqual(fields)
    expect((body.flags & BODY_FLAG.brotli) !== 0).toBe(compressed ?? false)
    const back = codec.decode(await expandBody(body, 1e6))
    expect(isDeepStrictEqual(back, value)).toBe(true)
  },
)
