import type { Dice } from './dice.js'

/** Pieces that mean something where they should not stand. */
const PIECES = [
  '\r',
  '\n',
  '\r\n',
  ' ',
  '\t',
  '\0',
  '\x0b',
  '\x7f',
  '\x80',
  ':',
  ',',
  ';',
  '0',
  '1',
  '-',
  '+',
  '#',
  '?',
  '%',
  '%00',
  '%2e',
  '..',
  '//',
  'chunked',
  'HTTP/1.1',
  'HTTP/1.0',
  'Host: x\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Expect: 100-continue\r\n',
  'Connection: keep-alive\r\n',
  'Upgrade: x\r\n',
  '0\r\n\r\n',
  '3\r\nabc\r\n',
]

/** The message with one to three faults in it. */
export function mangled(message: string, dice: Dice): string {
  let text = message
  for (let faults = dice.int(1, 3); faults > 0; faults--) text = dice.pick(FAULTS)(text, dice)
  return text
}

const FAULTS: readonly ((text: string, dice: Dice) => string)[] = [
  (text, dice) => spliced(text, dice.int(0, text.length), 0, dice.pick(PIECES)),
  (text, dice) => spliced(text, dice.int(0, text.length), 1, dice.pick(PIECES)),
  (text, dice) => spliced(text, dice.int(0, text.length), 1, ''),
  (text, dice) =>
    ofLines(text, (lines) => lines.splice(dice.int(0, lines.length), 0, dice.pick(lines))),
  (text, dice) => ofLines(text, (lines) => lines.splice(dice.int(0, lines.length - 1), 1)),
  (text, dice) =>
    ofLines(text, (lines) => {
      const at = dice.int(0, lines.length - 1)
      lines[at] += dice.pick(PIECES)
    }),
]

function spliced(text: string, at: number, count: number, piece: string): string {
  return text.slice(0, at) + piece + text.slice(at + count)
}

function ofLines(text: string, change: (lines: string[]) => unknown): string {
  const lines = text.split('\r\n')
  change(lines)
  return lines.join('\r\n')
}
