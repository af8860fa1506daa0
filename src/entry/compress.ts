import { promisify } from 'node:util'
import { brotliCompress, brotliDecompress, constants } from 'node:zlib'
import { CodecError } from '../errors.js'
import { BODY_FLAG } from './body-flag.js'
import type { Body } from './entry.js'

export interface CompressOptions {
  /** Bodies below this many bytes are left as they are. */
  readonly minBytes: number
  /** Brotli quality, 0 .. 11. */
  readonly quality: number
}

/** Both work on threads of libuv's pool: the event loop goes on. */
const deflate = promisify(brotliCompress)
const inflate = promisify(brotliDecompress)

/** The body compressed, or the very same if that does not make it smaller. */
export async function compressBody(body: Body, options: CompressOptions): Promise<Body> {
  const { bytes, flags } = body
  if (bytes.byteLength < options.minBytes || (flags & BODY_FLAG.brotli) !== 0) return body
  const compressed = await deflate(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: options.quality,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  })
  if (compressed.length >= bytes.byteLength) return body
  return { ...body, flags: flags | BODY_FLAG.brotli, bytes: compressed }
}

/**
 * The body as it was before `compressBody`; at once if it was not compressed. Rejects with `CodecError` for bytes that are
 * not brotli, and for those that would become more than `maxBytes` (stopped there: a small record can claim gigabytes).
 */
export function expandBody(body: Body, maxBytes: number): Promise<Body> | Body {
  return (body.flags & BODY_FLAG.brotli) === 0 ? body : expand(body, maxBytes)
}

async function expand(body: Body, maxBytes: number): Promise<Body> {
  try {
    const bytes = await inflate(body.bytes, { maxOutputLength: maxBytes })
    return { ...body, flags: body.flags & ~BODY_FLAG.brotli, bytes }
  } catch (cause) {
    throw new CodecError('a compressed body cannot be expanded', {
      path: '',
      type: 'brotli',
      cause,
    })
  }
}
