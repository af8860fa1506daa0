import { expect, test } from 'vitest'
import { Pulse, serial } from '../../../src/redis/pulse.js'

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

/** A beat that the server carries out. */
function done(pulse: Pulse, now: number): string {
  const nonce = pulse.beat(now)
  pulse.carriedOut(nonce)
  return nonce
}

test('is lost with the fifth beat in a row that was carried out and not heard', () => {
  const pulse = new Pulse()
  expect(pulse.isLost).toBe(false)
  for (let i = 0; i < 4; i++) done(pulse, i)
  expect(pulse.isLost).toBe(false)
  done(pulse, 4)
  expect(pulse.isLost).toBe(true)
})

test('beats that were not carried out, or heard before that was known, tell nothing', () => {
  const pulse = new Pulse()
  for (let i = 0; i < 10; i++) pulse.beat(i)
  expect(pulse.isLost).toBe(false)
  const nonces = Array.from({ length: 10 }, (_, i) => pulse.beat(i))
  pulse.heard(nonces[9] ?? '')
  for (const nonce of nonces) pulse.carriedOut(nonce)
  expect(pulse.isLost).toBe(false)
})

test('with twenty beats unanswered another one would tell nothing', () => {
  const pulse = new Pulse()
  for (let i = 0; i < 20; i++) pulse.beat(i)
  expect(pulse.isFull).toBe(false)
  const last = pulse.beat(20)
  expect(pulse.isFull).toBe(true)
  pulse.heard(last)
  expect(pulse.isFull).toBe(false)
})

test('beats that were refused are not waited for', () => {
  const pulse = new Pulse()
  for (let i = 0; i < 100; i++) pulse.forget(pulse.beat(i))
  expect([pulse.isLost, pulse.isFull]).toEqual([false, false])
  expect(pulse.heard(pulse.beat(100))).toBe(100)
})

test('any beat of ours that is heard begins the count anew, another does not', () => {
  const pulse = new Pulse()
  const nonces = Array.from({ length: 6 }, (_, i) => done(pulse, i))
  pulse.heard('another')
  expect(pulse.isLost).toBe(true)
  pulse.heard(nonces[2] ?? '')
  expect(pulse.isLost).toBe(false)
  for (let i = 0; i < 4; i++) done(pulse, i)
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

test('does not take the beat of another for its own where both share their nonces', () => {
  const nonce = serial()
  const [one, other] = [new Pulse(nonce), new Pulse(nonce)]
  const sent = one.beat(1)
  other.beat(2)
  expect(other.heard(sent)).toBeUndefined()
  expect(one.heard(sent)).toBe(1)
})
