import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Envelope, Message } from '../../../src/bus/message.js'
import { newId } from '../../../src/entry/id.js'
import { redisKeyText } from '../../../src/entry/key.js'
import { slotOf } from '../../../src/redis/cluster-slot.js'
import { markerPrefix, markersOf, parseMarker } from '../../../src/redis/marker.js'
import { RedisKeys } from '../../../src/redis/redis-keys.js'

const ROOT = 'shop'
const segment = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/)
/** The root and children of it. */
const namespaces = fc
  .array(segment, { maxLength: 3 })
  .map((segments) => [ROOT, ...segments].join('.'))
const instances = fc.constant(0).map(() => newId())
const texts = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom('{', '}', '%', '2', '5', 'B', 'D', '7', ':', '\n', 'é'),
    maxLength: 12,
  }),
  fc.string({ unit: 'grapheme', minLength: 180, maxLength: 900 }),
  fc.constantFrom('%sha256:x', '__proto__', '%257B'),
)
const messages: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: fc.constant('remove' as const),
    keys: fc.array(texts, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ kind: fc.constant('expire' as const), key: texts }),
  fc.record({
    kind: fc.constant('tags' as const),
    tags: fc.array(texts, { minLength: 1, maxLength: 4 }),
    soft: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('clear' as const) }),
  fc.record({ kind: fc.constant('wake' as const), key: texts }),
)
const envelopes: fc.Arbitrary<Envelope> = fc.record({
  instance: instances,
  namespace: namespaces,
  message: messages,
})

/** One for each key or tag, as markers are. */
function split({ message, ...from }: Envelope): Envelope[] {
  if (message.kind === 'remove')
    return message.keys.map((key) => ({ ...from, message: { ...message, keys: [key] } }))
  if (message.kind === 'tags')
    return message.tags.map((tag) => ({ ...from, message: { ...message, tags: [tag] } }))
  return [{ ...from, message }]
}

/** What Redis takes the slot of (Redis Cluster specification). */
function hashTagOf(key: string): string {
  const open = key.indexOf('{')
  const close = key.indexOf('}', open + 1)
  return open === -1 || close <= open + 1 ? key : key.slice(open + 1, close)
}

describe('markers', () => {
  test('say exactly what was told', () => {
    fc.assert(
      fc.property(envelopes, (envelope) => {
        const parsed = markersOf(ROOT, envelope).map((marker) => parseMarker(ROOT, marker))
        expect(parsed).toEqual(split(envelope))
      }),
    )
  })

  test('lie in the slot of the entry or tag they speak of', () => {
    fc.assert(
      fc.property(
        namespaces,
        texts.filter((text) => text !== ''),
        (namespace, text) => {
          const keys = new RedisKeys(namespace)
          const [ofEntry, ofTag] = [
            { kind: 'remove', keys: [text] },
            { kind: 'tags', tags: [text], soft: false },
          ].map((message) => {
            const [marker = ''] = markersOf(ROOT, {
              instance: 'i',
              namespace,
              message: message as Message,
            })
            return slotOf(hashTagOf(marker))
          })
          expect(ofEntry).toBe(slotOf(hashTagOf(keys.entry(text))))
          expect(ofTag).toBe(slotOf(hashTagOf(keys.tag(text))))
        },
      ),
    )
  })

  test('have the whole text behind the digest of a long one', () => {
    const key = 'x'.repeat(600)
    const [marker = ''] = markersOf(ROOT, {
      instance: 'i',
      namespace: ROOT,
      message: { kind: 'remove', keys: [key] },
    })
    expect(marker).toBe(`s1:shop:m:r:i:shop:{${redisKeyText(key)}}${key}`)
  })

  test('begin with the prefix of their root, which no other root has', () => {
    expect(markerPrefix('shop')).toBe('s1:shop:m:')
    expect('s1:shop2:m:r:i:shop2:{k}'.startsWith(markerPrefix('shop'))).toBe(false)
  })

  test.each([
    's1:shop2:m:r:i:shop2:{k}',
    's1:shop:e:{k}',
    's1:shop:m:',
    's1:shop:m:q:i:shop:{k}',
    's1:shop:m:rr:i:shop:{k}',
    's1:shop:m:r::shop:{k}',
    's1:shop:m:r:i::{k}',
    's1:shop:m:r:i:sh op:{k}',
    's1:shop:m:r:i:shop:k',
    's1:shop:m:r:i:shop:{k',
    's2:shop:m:r:i:shop:{k}',
    '',
  ])('that are none are undefined: %j', (key) => {
    expect(parseMarker(ROOT, key)).toBeUndefined()
  })
})
