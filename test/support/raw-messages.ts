import { get } from './wire.js'

/** Fields of a request that is the last of its connection. */
export const CLOSE = 'Host: x\r\nConnection: close\r\n'
const POST = `POST /a HTTP/1.1\r\n${CLOSE}`

export type MalformedRow = [
  title: string,
  message: string,
  statuses: readonly number[],
  also?: RegExp,
]

/** Messages, and the statuses they are answered with by a server that has GET and POST of /a. */
export const MALFORMED: readonly MalformedRow[] = [
  ['no Host', 'GET /a HTTP/1.1\r\n\r\n', [400]],
  ['no Host in HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', [200]],
  ['two Hosts', 'GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', [400]],
  ['an empty Host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n', [400]],
  ['a Host that is none', 'GET /a HTTP/1.1\r\nHost: a b\r\n\r\n', [400]],
  ['a Host with a path', 'GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n', [400]],
  ['a Host with a user', 'GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n', [400]],
  ['an absolute target', `GET http://x/a HTTP/1.1\r\n${CLOSE}\r\n`, [200]],
  ['an absolute target of another host', `GET http://y/a HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['an unknown method', `FOO /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method in lower case', `get /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method that begins as none', `XFOO /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method known to the parser alone', `PROPFIND /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['TRACE', `TRACE /a HTTP/1.1\r\n${CLOSE}\r\n`, [405], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['CONNECT', `CONNECT x:1 HTTP/1.1\r\n${CLOSE}\r\n`, [405], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${CLOSE}\r\n`, [204], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['GET *', `GET * HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['HTTP/2.0', `GET /a HTTP/2.0\r\n${CLOSE}\r\n`, [505]],
  ['HTTP/9.9', `GET /a HTTP/9.9\r\n${CLOSE}\r\n`, [505]],
  ['HTTP/0.9', 'GET /a\r\n\r\n', [505]],
  ['another protocol', `GET /a FOO/1.1\r\n${CLOSE}\r\n`, [400]],
  ['no HTTP', 'hello\r\n\r\n', [400]],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['a fragment', `GET /a#b HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a byte that is no ASCII', `GET /\xe9 HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a broken escape', `GET /%zz HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a dot segment', `GET /%2e%2e/a HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a bare LF in the request line', `GET /a HTTP/1.1\n${CLOSE}\r\n`, [400]],
  ['a bare LF in the header', 'GET /a HTTP/1.1\r\nHost: x\n\r\n', [400]],
  ['a folded line', `GET /a HTTP/1.1\r\n${CLOSE}A: b\r\n c\r\n\r\n`, [400]],
  ['a space before the colon', `GET /a HTTP/1.1\r\n${CLOSE}A : b\r\n\r\n`, [400]],
  ['a space before the name', `GET /a HTTP/1.1\r\n A: b\r\n${CLOSE}\r\n`, [400]],
  ['a NUL in a value', `GET /a HTTP/1.1\r\n${CLOSE}A: \0\r\n\r\n`, [400]],
  ['a bare CR in a value', `GET /a HTTP/1.1\r\n${CLOSE}A: b\rc: d\r\n\r\n`, [400]],
  [
    'length and coding',
    `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['two lengths', `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, [400]],
  ['one length twice', `${POST}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, [400]],
  ['a length with a sign', `${POST}Content-Length: +3\r\n\r\nabc`, [400]],
  ['a length that overflows', `${POST}Content-Length: 99999999999999999999\r\n\r\nabc`, [400]],
  ['a coding that is not known', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, [501]],
  ['a coding behind chunked', `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, [400]],
  ['almost chunked', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, [501]],
  [
    'chunked twice',
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['chunked in HTTP/1.0', 'POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
  ['chunks', `${POST}Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, [200], /got 3$/],
  [
    'a chunk whose size is none',
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  [
    'a chunk that is longer than it says',
    `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  [
    'a bare LF behind a chunk size',
    `${POST}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  ['another expectation', `GET /a HTTP/1.1\r\n${CLOSE}Expect: more\r\n\r\n`, [417]],
  ['100 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(98)}\r\n`, [200]],
  ['101 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(99)}\r\n`, [431]],
  ['5,000 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(5_000)}\r\n`, [431]],
  ['a field of 15 KB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(15_000)}\r\n\r\n`, [200]],
  ['a field of 17 KB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(17_000)}\r\n\r\n`, [431]],
  ['a field of 1 MB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(1_000_000)}\r\n\r\n`, [431]],
  ['a target of 64 KB', `GET /a?${'b'.repeat(65_533)} HTTP/1.1\r\n${CLOSE}\r\n`, [200]],
  ['a longer target', `GET /a?${'b'.repeat(65_534)} HTTP/1.1\r\n${CLOSE}\r\n`, [414]],
  ['a body longer than allowed', `${POST}Content-Length: 1048577\r\n\r\n`, [413]],
  [
    'the same, not sent yet',
    `${POST}Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n`,
    [413],
  ],
]

const SMUGGLED = get('/admin')

/** Messages whose end two recipients could see in two places. */
export const AMBIGUOUS: [title: string, bytes: string][] = [
  [
    'Transfer-Encoding and Content-Length',
    `${get('/a', ['Content-Length: 6', 'Transfer-Encoding: chunked'], 'POST')}0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'Content-Length and Transfer-Encoding in a GET',
    `${get('/a', ['Transfer-Encoding: chunked', 'Content-Length: 0'])}0\r\n\r\n${SMUGGLED}`,
  ],
  ['two lengths', `${get('/a', ['Content-Length: 0', 'Content-Length: 5'], 'POST')}${SMUGGLED}`],
  ['two equal lengths', `${get('/a', ['Content-Length: 5', 'Content-Length: 5'])}${SMUGGLED}`],
  ['a list of lengths', `${get('/a', ['Content-Length: 0, 5'])}${SMUGGLED}`],
  ['a length with a sign', `${get('/a', ['Content-Length: +5'])}${SMUGGLED}`],
  ['a length in hex', `${get('/a', ['Content-Length: 0x5'])}${SMUGGLED}`],
  ['an empty length', `${get('/a', ['Content-Length:'])}${SMUGGLED}`],
  ['a coding that is not chunked', `${get('/a', ['Transfer-Encoding: xchunked'])}${SMUGGLED}`],
  ['chunked that is not last', `${get('/a', ['Transfer-Encoding: chunked, gzip'])}${SMUGGLED}`],
  ['chunked twice', `${get('/a', ['Transfer-Encoding: chunked, chunked'])}0\r\n\r\n${SMUGGLED}`],
  ['a coding behind a vertical tab', `${get('/a', ['Transfer-Encoding: \x0bchunked'])}${SMUGGLED}`],
  ['a space before the colon', `${get('/a', ['Transfer-Encoding : chunked'])}0\r\n\r\n${SMUGGLED}`],
  ['a line that goes on', `${get('/a', ['X: 1', ' Content-Length: 5'])}${SMUGGLED}`],
  ['a length that goes on', `${get('/a', ['Content-Length: 5', ' 0'])}${SMUGGLED}`],
  [
    'a first line that goes on',
    `GET /a HTTP/1.1\r\n Host: x\r\nHost: example.com\r\n\r\n${SMUGGLED}`,
  ],
  ['a bare LF', `GET /a HTTP/1.1\nHost: example.com\n\n${SMUGGLED}`],
  ['a bare LF between fields', `${get('/a', ['X: 1\nContent-Length: 50'])}${SMUGGLED}`],
  ['a bare CR between fields', `${get('/a', ['X: 1\rContent-Length: 50'])}${SMUGGLED}`],
  [
    'chunks in HTTP/1.0',
    `POST /a HTTP/1.0\r\nHost: example.com\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'another version',
    `GET /a HTTP/1.2\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n${SMUGGLED}`,
  ],
  ['HTTP/0.9', `GET /a\r\n\r\n${SMUGGLED}`],
  [
    'a chunk of another size',
    `${get('/a', ['Transfer-Encoding: chunked'], 'POST')}1\r\nab\r\n0\r\n\r\n${SMUGGLED}`,
  ],
  [
    'a chunk size that overflows',
    `${get('/a', ['Transfer-Encoding: chunked'], 'POST')}ffffffffffffffff1\r\n${SMUGGLED}`,
  ],
]
