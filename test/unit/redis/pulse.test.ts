import { describe, expect, test } from 'vitest'
import { Pulse, serial } from '../../../src/redis/pulse.js'

describe('Pulse', () => {
  test('tells when the beat that was heard was sent, once; older ones are of no interest then', () => {
    const pulse = new Pulse()
    const nonces = [10, 20, 30].map((now) => pulse.beat(now))
    expect(pulse.heard(nonces[1] ?? '')).toBe(20)
    expect(pulse.heard(nonces[0] ?? '')).toBeUndefined()
    expect(pulse.heard(nonces[1] ?? '')).toBeUndefined()
    expect(pulse.heard(nonces[2] ?? '')).toBe(30)
  })

  test('does not take the beat of another for its own where both share their nonces', () => {
    const nonce = serial()
    const [one, other] = [new Pulse(nonce), new Pulse(nonce)]
    const sent = one.beat(1)
    other.beat(2)
    expect(other.heard(sent)).toBeUndefined()
    expect(one.heard(sent)).toBe(1)
  })

  test('is lost after five beats that were carried out and not heard', () => {
    const pulse = new Pulse()
    for (let i = 0; i < 5; i++) {
      expect(pulse.isLost).toBe(false)
      pulse.carriedOut(pulse.beat(i))
    }
    expect(pulse.isLost).toBe(true)
    pulse.reset()
    expect(pulse.isLost).toBe(false)
  })

  test('is not lost by beats that were not carried out, but full some time', () => {
    const pulse = new Pulse()
    while (!pulse.isFull) pulse.beat(0)
    expect(pulse.isLost).toBe(false)
  })
})
