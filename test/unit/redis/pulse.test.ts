import { expect, test } from 'vitest'
import { Pulse } from '../../../src/redis/pulse.js'

test('says when the beat that was heard was sent', () => {
  const pulse = new Pulse()
  const [first, second] = [pulse.beat(100), pulse.beat(200)]
  expect(first).not.toBe(second)
  expect(pulse.heard(first)).toBe(100)
  expect(pulse.heard(second)).toBe(200)
})

test.each(['', '7', 'another'])('knows no beat %j', (nonce) => {
  const pulse = new Pulse()
  pulse.beat(100)
  expect(pulse.heard(nonce)).toBeUndefined()
})

test('hears a beat once, and none behind a later one', () => {
  const pulse = new Pulse()
  const [first, second] = [pulse.beat(100), pulse.beat(200)]
  expect(pulse.heard(second)).toBe(200)
  expect(pulse.heard(second)).toBeUndefined()
  expect(pulse.heard(first)).toBeUndefined()
})

test('is lost with the sixth beat in a row that is not heard', () => {
  const pulse = new Pulse()
  expect(pulse.isLost).toBe(false)
  for (let i = 0; i < 5; i++) pulse.beat(i)
  expect(pulse.isLost).toBe(false)
  pulse.beat(5)
  expect(pulse.isLost).toBe(true)
})

test('any beat of ours that is heard begins the count anew, another does not', () => {
  const pulse = new Pulse()
  const nonces = Array.from({ length: 6 }, (_, i) => pulse.beat(i))
  pulse.heard('another')
  expect(pulse.isLost).toBe(true)
  pulse.heard(nonces[2] ?? '')
  expect(pulse.isLost).toBe(false)
  for (let i = 0; i < 5; i++) pulse.beat(i)
  expect(pulse.isLost).toBe(false)
})

test('on another connection nothing is out, and no earlier nonce comes back', () => {
  const pulse = new Pulse()
  const old = Array.from({ length: 6 }, (_, i) => pulse.beat(i))
  pulse.reset()
  expect(pulse.isLost).toBe(false)
  expect(pulse.heard(old[5] ?? '')).toBeUndefined()
  expect(old).not.toContain(pulse.beat(10))
})

test('keeps nothing of what was heard', () => {
  const pulse = new Pulse()
  for (let i = 0; i < 10_000; i++) expect(pulse.heard(pulse.beat(i))).toBe(i)
  expect(pulse.isLost).toBe(false)
})
