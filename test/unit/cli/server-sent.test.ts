import { describe, expect, it } from 'vitest'
import { sentEvents } from '../../../src/cli/server-sent.js'
import { formatEvent } from '../../../src/server/events.js'

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size)
    yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function collected(bytes: Uint8Array, size: number) {
  const events = []
  for await (const event of sentEvents(pieces(bytes, size))) events.push(event)
  return events
}

describe('sentEvents', () => {
  it.each([1, 3, 1_000])('reads what the server writes, in pieces of %d', async (size) => {
    const written = [
      formatEvent({ event: 'reads', data: { key: 'ü\u{1F600}' } }),
      formatEvent('two\nlines'),
      formatEvent({ event: 'renew', data: '' }),
    ].join('')
    expect(await collected(new TextEncoder().encode(written), size)).toEqual([
      { event: 'reads', data: '{"key":"ü\u{1F600}"}' },
      { event: 'message', data: 'two\nlines' },
      { event: 'renew', data: '' },
    ])
  })

  it('does not wait for the end of an event forever', async () => {
    const endless = new Uint8Array(2 ** 23).fill(120)
    await expect(collected(endless, 2 ** 16)).rejects.toThrow('without an end')
  })
})
