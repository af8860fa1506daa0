import { describe, expect, it } from 'vitest'
import { withoutHopByHop } from '../../../src/http/hop-by-hop.js'
import { fields, type Lines } from './messages.js'

describe('withoutHopByHop', () => {
  it.each([
    'Connection: close',
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'Trailer: X-Sum',
    'Transfer-Encoding: chunked',
    'Upgrade: websocket',
    'Proxy-Authenticate: Basic',
    'Proxy-Authentication-Info: x',
    'Proxy-Authorization: Basic eA==',
  ])('drops %s', (line) => {
    expect(withoutHopByHop(fields([line, 'X-Kept: 1', line]))).toEqual(['x-kept', '1'])
  })

  it.each<[string, Lines, Lines]>([
    ['named once', ['Connection: X-Foo', 'X-Foo: 1', 'X-Bar: 2'], ['X-Bar: 2']],
    ['named in any case', ['Connection: x-FOO', 'X-Foo: 1'], []],
    ['named on several lines', ['Connection: a', 'Connection: b, c', 'A: 1', 'B: 1', 'C: 1'], []],
    ['named after it', ['X-Foo: 1', 'X-Foo: 2', 'Connection: close, X-Foo'], []],
    ['not named', ['Connection: close', 'X-Foo: 1'], ['X-Foo: 1']],
    ['named elsewhere', ['X-Connection: X-Foo', 'X-Foo: 1'], ['X-Connection: X-Foo', 'X-Foo: 1']],
  ])('drops what Connection names: %s', (_, lines, kept) => {
    expect(withoutHopByHop(fields(lines))).toEqual(fields(kept))
  })

  it.each([
    'Age',
    'Authorization',
    'Cache-Control',
    'CDN-Cache-Control',
    'Anything-Cache-Control',
    'Content-Encoding',
    'Content-Length',
    'Content-Range',
    'Content-Type',
    'Cookie',
    'Date',
    'ETag',
    'Expires',
    'Host',
    'If-None-Match',
    'Last-Modified',
    'Location',
    'Range',
    'Set-Cookie',
    'Vary',
    'X-Forwarded-For',
  ])('keeps %s whatever Connection says', (name) => {
    expect(withoutHopByHop(fields([`Connection: ${name}, close`, `${name}: 1`]))).toEqual(
      fields(`${name}: 1`),
    )
  })

  it('keeps order and repetition', () => {
    const lines = ['B: 1', 'A: 2', 'B: 3']
    expect(withoutHopByHop(fields(['Connection: x', ...lines]))).toEqual(fields(lines))
  })
})
