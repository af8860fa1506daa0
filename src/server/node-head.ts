import type { IncomingMessage } from 'node:http'
import { authorityOf } from './authority.js'
import type { Limits } from './settings.js'
import { originForm } from './target.js'

/** What the head of a request says about how it is to be read. `status` 0: nothing is wrong with it. */
export interface Head {
  readonly status: number
  readonly authority: string
  readonly target: string
  /** Bytes of the body; undefined: it is chunked. */
  readonly length: number | undefined
}

/** HTTP/1.0 needs no Host; whoever leaves it out gets this one. */
const NO_HOST = 'localhost'

/**
 * What the parser of node:http lets through and may not be (RFC 9112 sections 3.2 and 6.1): the fields are looked at as
 * they came, since `req.headers` hides that one was there twice.
 */
export function headOf(req: IncomingMessage, limits: Limits): Head {
  const { rawHeaders } = req
  if (req.httpVersionMajor !== 1) return refused(505)
  if (rawHeaders.length > limits.headerFields * 2) return refused(431)
  let bytes = 0
  let host: string | undefined
  let length: number | undefined = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const value = rawHeaders[i + 1] as string
    bytes += name.length + value.length + 4
    if (isNamed(name, 'host')) {
      if (host !== undefined) return refused(400)
      host = value
    } else if (isNamed(name, 'content-length')) length = Number(value)
    else if (isNamed(name, 'transfer-encoding')) {
      const status = codingStatus(req, value, length)
      if (status !== 0) return refused(status)
      length = undefined
    }
  }
  return bytes > limits.headerBytes ? refused(431) : withTarget(req, host, length)
}

function isNamed(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower
}

/** Chunked, once, and not in HTTP/1.0, which has no such thing; with a length beside it the parser has refused it. */
function codingStatus(req: IncomingMessage, value: string, length: number | undefined): number {
  if (req.httpVersionMinor === 0 || length === undefined) return 400
  return value.toLowerCase() === 'chunked' ? 0 : 501
}

function withTarget(
  req: IncomingMessage,
  host: string | undefined,
  length: number | undefined,
): Head {
  if (host === undefined && req.httpVersionMinor > 0) return refused(400)
  const authority = authorityOf(host ?? NO_HOST, 'http')
  if (authority === undefined) return refused(400)
  const target = originForm(req.url ?? '', authority)
  return target === undefined ? refused(400) : { status: 0, authority, target, length }
}

function refused(status: number): Head {
  return { status, authority: '', target: '', length: 0 }
}
