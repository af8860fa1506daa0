import { randomBytes } from 'node:crypto'
import { brotliCompressSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { BODY_FLAG } from '../../../src/entry/body-flag.js'
import { compressBody, expandBody } from '../../../src/entry/compress.js'
import type { Body } from '../../../src/entry/entry.js'

const OPTIONS = { minBytes: 100, quality: 4 }

function bodyOf(bytes: Uint8Array, flags = 0): Body {
  return { kind: 0, flags, contentType: '', bytes }
}

describe('compressBody', () => {
  it('gives a smaller body that expands to the same', async () => {
    const body: Body = {
      kind: 1,
      flags: 0,
      contentType: 'text/plain',
      bytes: Buffer.alloc(10_000, 'abc'),
    }
    const compressed = await compressBody(body, OPTIONS)
    expect(compressed).toMatchObject({
      kind: 1,
      flags: BODY_FLAG.brotli,
      contentType: 'text/plain',
    })
    expect(compressed.bytes.byteLength).toBeLessThan(100)
    expect(await expandBody(compressed, 10_000)).toEqual(body)
  })

  it('keeps the other flags', async () => {
    const body = bodyOf(Buffer.alloc(1_000), BODY_FLAG.parts)
    const compressed = await compressBody(body, OPTIONS)
    expect(compressed.flags).toBe(BODY_FLAG.parts | BODY_FLAG.brotli)
    expect((await expandBody(compressed, 1_000)).flags).toBe(BODY_FLAG.parts)
  })

  it.each<[string, Body]>([
    ['is small', bodyOf(Buffer.alloc(99))],
    ['does not get smaller', bodyOf(randomBytes(1_000))],
    ['is compressed already', bodyOf(Buffer.alloc(1_000), BODY_FLAG.brotli)],
  ])('gives the very same body when it %s', async (_, body) => {
    expect(await compressBody(body, OPTIONS)).toBe(body)
  })
})

describe('expandBody', () => {
  it('gives a body that is not compressed at once', () => {
    const body = bodyOf(Buffer.alloc(1_000))
    expect(expandBody(body, 10)).toBe(body)
  })

  it.each<[string, Uint8Array]>([
    ['would become larger than allowed', brotliCompressSync(Buffer.alloc(50_000_000))],
    ['are not brotli', Buffer.from('no brotli at all')],
    ['end early', brotliCompressSync(randomBytes(500)).subarray(0, 300)],
    ['are none', Buffer.alloc(0)],
  ])('rejects bytes that %s', async (_, bytes) => {
    const before = process.memoryUsage().rss
    await expect(expandBody(bodyOf(bytes, BODY_FLAG.brotli), 100_000)).rejects.toMatchObject({
      code: 'STRATA_CODEC',
      cause: expect.any(Error) as Error,
    })
    expect(process.memoryUsage().rss - before).toBeLessThan(40e6)
  })
})
