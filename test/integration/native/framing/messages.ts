/** What clients send, rightly. Each is a connection's worth of bytes, in pieces that mutations keep apart. */
const SEEDS: readonly (readonly string[])[] = [
  ['GET / HTTP/1.1\r\n', 'Host: x\r\n', '\r\n'],
  [
    'GET /a?b=c HTTP/1.1\r\n',
    'Host: x\r\n',
    'Accept: */*\r\n',
    '\r\n',
    'GET /b HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'POST /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 5\r\n',
    '\r\n',
    'hello',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'POST /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Transfer-Encoding: chunked\r\n',
    '\r\n',
    '5\r\n',
    'hello',
    '\r\n',
    '0\r\n',
    '\r\n',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'PUT /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Trailer: a\r\n',
    '\r\n',
    'a;x=y\r\n',
    '0123456789',
    '\r\n',
    '000\r\n',
    'A: b\r\n',
    '\r\n',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'POST /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 36\r\n',
    '\r\n',
    'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
    '12',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'POST /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Expect: 100-continue\r\n',
    'Content-Length: 3\r\n',
    '\r\n',
    'abc',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  ['GET /old HTTP/1.0\r\n', 'Connection: keep-alive\r\n', '\r\n', 'GET /n HTTP/1.0\r\n', '\r\n'],
  [
    'HEAD /h HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
    'GET http://x/abs HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    '\r\n',
    'GET /crlf HTTP/1.1\r\n',
    'Host: x\r\n',
    'Connection: close\r\n',
    '\r\n',
    'GET /behind HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'DELETE /d HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 0\r\n',
    '\r\n',
    'OPTIONS * HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
  [
    'POST /p HTTP/1.1\r\n',
    'Host: x\r\n',
    'Transfer-Encoding: chunked\r\n',
    '\r\n',
    '1\r\na\r\n',
    '2\r\nbc\r\n',
    '3;q="\\""\r\ndef\r\n',
    '0\r\n\r\n',
    'POST /q HTTP/1.1\r\n',
    'Host: x\r\n',
    'Content-Length: 1\r\n',
    '\r\n',
    'z',
    'GET /n HTTP/1.1\r\n',
    'Host: x\r\n',
    '\r\n',
  ],
]

/** Lines and pieces that are known to be read in more ways than one. */
const PIECES: readonly string[] = [
  'Content-Length: 0\r\n',
  'Content-Length: 5\r\n',
  'Content-Length: 05\r\n',
  'Content-Length: +5\r\n',
  'Content-Length: 5, 5\r\n',
  'Content-Length: 0x5\r\n',
  'Content-Length:\r\n',
  'Content-Length: 18446744073709551616\r\n',
  'Content-Length : 5\r\n',
  'Content_Length: 5\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Transfer-Encoding: CHUNKED\r\n',
  'Transfer-Encoding: chunked, chunked\r\n',
  'Transfer-Encoding: identity\r\n',
  'Transfer-Encoding: gzip, chunked\r\n',
  'Transfer-Encoding: chunked, identity\r\n',
  'Transfer-Encoding: xchunked\r\n',
  'Transfer-Encoding:\tchunked\r\n',
  'Transfer-Encoding:\x0bchunked\r\n',
  'Transfer-Encoding: "chunked"\r\n',
  'Transfer-Encoding\r\n',
  'Transfer-Encoding :chunked\r\n',
  ' Transfer-Encoding: chunked\r\n',
  'X: y\r\n Transfer-Encoding: chunked\r\n',
  'X: y\nTransfer-Encoding: chunked\r\n',
  'X: y\rTransfer-Encoding: chunked\r\n',
  'Connection: close\r\n',
  'Connection: keep-alive\r\n',
  'Connection: close, keep-alive\r\n',
  'Connection: Content-Length\r\n',
  'Connection: Transfer-Encoding\r\n',
  'Connection: upgrade\r\nUpgrade: h2c\r\n',
  'Upgrade: websocket\r\n',
  'Host: y\r\n',
  'Host:\r\n',
  'Host: x:80\r\n',
  'Expect: 100-continue\r\n',
  'Expect: 200-ok\r\n',
  'Trailer: Content-Length\r\n',
  'X-Obs: \xff\xfe\r\n',
  'X: \0\r\n',
  ': empty\r\n',
  '\r\n',
  '\n',
  '\r',
  '\n\n',
  '\r\r\n',
  '0\r\n\r\n',
  '0;\r\n\r\n',
  '0\r\nX: y\r\n\r\n',
  '0\r\nContent-Length: 3\r\n\r\n',
  '00000000000000000000\r\n\r\n',
  'fffffffffffffffff\r\n',
  '5 \r\nhello\r\n',
  '5\t;a\r\nhello\r\n',
  '5;a=b;c="d"\r\nhello\r\n',
  '5;a\nb\r\nhello\r\n',
  '5\nhello\r\n',
  '5\r\nhello\n',
  '5\r\nhello',
  '0x5\r\nhello\r\n',
  '-5\r\n',
  'GET /x HTTP/1.1\r\nHost: x\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
]

const BYTES = '\r\n\0 \t:;,=0159afAFghxX/\\"?#%\x0b\x0c\x7f\x80\xff'

/** Numbers that are the same for the same seed (mulberry32). */
function diceOf(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

type Dice = (below: number) => number

const pick = <T>(dice: Dice, from: readonly T[]): T => from[dice(from.length)] as T

/** One connection's worth of bytes, in the pieces in which they are sent. */
export function messageOf(seed: number): readonly string[] {
  const dice = diceOf(seed)
  const pieces = [...pick(dice, SEEDS)]
  if (dice(4) === 0) pieces.push(...pick(dice, SEEDS))
  for (let left = dice(4); left > 0; left--) mutate(dice, pieces)
  return splitUp(dice, pieces.join(''))
}

function mutate(dice: Dice, pieces: string[]): void {
  const at = dice(pieces.length)
  const piece = pieces[at] as string
  const where = dice(piece.length + 1)
  switch (dice(9)) {
    case 0:
    case 1:
      pieces.splice(at, 0, pick(dice, PIECES))
      break
    case 2:
      pieces[at] = pick(dice, PIECES)
      break
    case 3:
      pieces.splice(at, 1)
      if (pieces.length === 0) pieces.push('GET / HTTP/1.1\r\n')
      break
    case 4:
      pieces.splice(at, 0, piece)
      break
    case 5:
      pieces[at] = piece.slice(0, where) + BYTES.charAt(dice(BYTES.length)) + piece.slice(where)
      break
    case 6:
      pieces[at] = piece.slice(0, where) + piece.slice(where + 1)
      break
    case 7:
      pieces[at] = piece.slice(0, where) + BYTES.charAt(dice(BYTES.length)) + piece.slice(where + 1)
      break
    case 8:
      pieces[at] = dice(2) === 0 ? piece.toUpperCase() : piece.toLowerCase()
  }
}

/** Whole, byte by byte, or cut in a few places. */
function splitUp(dice: Dice, text: string): readonly string[] {
  const way = dice(6)
  if (way < 2) return [text]
  if (way === 2 && text.length < 200) return text.split('')
  const cuts = Array.from({ length: 1 + dice(4) }, () => dice(text.length + 1)).toSorted(
    (a, b) => a - b,
  )
  return [0, ...cuts]
    .map((from, i) => text.slice(from, cuts[i] ?? text.length))
    .filter((part) => part !== '')
}
