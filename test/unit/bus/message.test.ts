import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatMessage, type Message, parseMessage } from '../../../src/bus/message.js'

const text = fc.string({ unit: 'binary' })
const texts = fc.array(text, { maxLength: 5 })

const message: fc.Arbitrary<Message> = fc.oneof(
  texts.map((keys) => ({ kind: 'remove', keys }) as const),
  text.map((key) => ({ kind: 'expire', key }) as const),
  fc.tuple(texts, fc.boolean()).map(([tags, soft]) => ({ kind: 'tags', tags, soft }) as const),
  fc.constant({ kind: 'clear' } as const),
  text.map((key) => ({ kind: 'wake', key }) as const),
)

describe('a message', () => {
  test('is read as it was written, whatever it names', () => {
    fc.assert(
      fc.property(text, text, message, (instance, namespace, what) => {
        const envelope = { instance, namespace, message: what }
        expect(parseMessage(formatMessage(envelope))).toEqual(envelope)
      }),
    )
  })

  test.each<[Message, string]>([
    [{ kind: 'remove', keys: ['a', 'b'] }, '["i","ns","r",["a","b"]]'],
    [{ kind: 'expire', key: 'a' }, '["i","ns","e","a"]'],
    [{ kind: 'tags', tags: ['t'], soft: false }, '["i","ns","t",["t"]]'],
    [{ kind: 'tags', tags: ['t'], soft: true }, '["i","ns","s",["t"]]'],
    [{ kind: 'clear' }, '["i","ns","c"]'],
    [{ kind: 'wake', key: 'a' }, '["i","ns","w","a"]'],
  ])('%j keeps its form, for processes of another version', (what, written) => {
    expect(formatMessage({ instance: 'i', namespace: 'ns', message: what })).toBe(written)
  })

  test('may have more fields than are known', () => {
    expect(parseMessage('["i","ns","e","a",{"new":1}]')?.message).toEqual({
      kind: 'expire',
      key: 'a',
    })
  })
})

describe('what is no message', () => {
  test.each([
    '',
    'no JSON',
    '{"0":"i","1":"ns","2":"c"}',
    'null',
    '"i"',
    '[]',
    '["i"]',
    '["i","ns"]',
    '[1,"ns","c"]',
    '["i",1,"c"]',
    '["i","ns","?"]',
    '["i","ns","C"]',
    '["i","ns","r"]',
    '["i","ns","r","a"]',
    '["i","ns","r",[1]]',
    '["i","ns","e"]',
    '["i","ns","e",["a"]]',
    '["i","ns","t",{"0":"a"}]',
    '["i","ns","s",[null]]',
    '["i","ns","w",5]',
  ])('is told apart: %s', (written) => {
    expect(parseMessage(written)).toBeUndefined()
  })

  test('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.json()), (written) => {
        parseMessage(written)
      }),
    )
  })
})
