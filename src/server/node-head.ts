import type { IncomingMessage } from 'node:http'
import { authorityOf } from './authority.js'
import type { Limits } from './settings.js'
import { originForm } from './target.js'

/** What the head of a request says about how it is to be read. */
export interface Head {
  authority: string
  target: string
  /** Bytes of the body; undefined: it is chunked. */
  length: number | undefined
  /** The connection ends with the answer. */
  isLast: boolean
  /** It has no Authorization, no Range and no condition. */
  isPlain: boolean
}

/** HTTP/1.0 needs no Host; whoever leaves it out gets this one. */
const NO_HOST = 'localhost'

/** Host fields of one listener: most are the same as the one before. */
export class Hosts {
  #text = ''
  #authority: string | undefined

  of(text: string): string | undefined {
    if (text !== this.#text) {
      this.#authority = authorityOf(text, 'http')
      this.#text = text
    }
    return this.#authority
  }
}

/**
 * Reads it into `head`. Returns the status of what the parser of node:http lets through and may not be (RFC 9112 sections
 * 3.2 and 6.1), or 0. The fields are looked at as they came, since `req.headers` hides that one was there twice.
 */
export function readHead(req: IncomingMessage, limits: Limits, head: Head, hosts: Hosts): number {
  const { rawHeaders } = req
  if (req.httpVersionMajor !== 1) return 505
  if (rawHeaders.length > limits.headerFields * 2) return 431
  let bytes = 0
  let host: string | undefined
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] as string
    const value = rawHeaders[i + 1] as string
    bytes += name.length + value.length + 4
    if (isPersonal(name)) head.isPlain = false
    if (isNamed(name, 'host')) {
      if (host !== undefined) return 400
      host = value
    } else if (isNamed(name, 'upgrade')) {
      // Not taken up, as a server may (RFC 9110 section 7.8). The parser drops what it has read behind such a request, so
      // that nothing on this connection can be relied on any more.
      head.isLast = true
    } else if (isNamed(name, 'content-length')) head.length = Number(value)
    else if (isNamed(name, 'transfer-encoding')) {
      const status = codingStatus(req, value, head.length)
      if (status !== 0) return status
      head.length = undefined
    }
  }
  return bytes > limits.headerBytes ? 431 : readTarget(req, host, head, hosts)
}

function isNamed(name: string, lower: string): boolean {
  return name.length === lower.length && name.toLowerCase() === lower
}

/** Who asks, for which part, and what he has already. */
function isPersonal(name: string): boolean {
  if (name.charCodeAt(2) === HYPHEN) return name.slice(0, 2).toLowerCase() === 'if'
  return isNamed(name, 'range') || isNamed(name, 'authorization')
}

const HYPHEN = 0x2d

/** Chunked, once, and not in HTTP/1.0, which has no such thing; with a length beside it the parser has refused it. */
function codingStatus(req: IncomingMessage, value: string, length: number | undefined): number {
  if (req.httpVersionMinor === 0 || length === undefined) return 400
  return value.toLowerCase() === 'chunked' ? 0 : 501
}

function readTarget(
  req: IncomingMessage,
  host: string | undefined,
  head: Head,
  hosts: Hosts,
): number {
  if (host === undefined && req.httpVersionMinor > 0) return 400
  const authority = host === undefined ? NO_HOST : hosts.of(host)
  if (authority === undefined) return 400
  const target = originForm(req.url ?? '', authority)
  if (target === undefined) return 400
  head.authority = authority
  head.target = target
  return 0
}
