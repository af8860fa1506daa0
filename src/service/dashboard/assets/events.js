/** Server-sent events by fetch, for EventSource cannot send a token. */

import { NoToken, problemOf, request } from './connection.js'

const SHORTEST_PAUSE = 500
const LONGEST_PAUSE = 15_000

/** Nothing for so long: the connection is dead, though nobody said so. */
const SILENCE = 10_000

/**
 * @typedef {object} Listener
 * @property {(data: unknown) => void} onStats
 * @property {(state: 'connecting' | 'live' | 'lost' | 'refused', text: string) => void} onState
 */

/**
 * Follows the events, for ever: a stream that is cut is opened again, after a pause that grows with each failure in a row.
 * Resolves when there is no token to do it with.
 *
 * @param {Listener} listener
 */
export async function follow(listener) {
  let pause = SHORTEST_PAUSE
  for (;;) {
    let why = 'Connection lost'
    try {
      const end = await stream(listener, () => {
        pause = SHORTEST_PAUSE
      })
      if (end === 'renew') continue
    } catch (error) {
      if (error instanceof NoToken) {
        listener.onState('refused', 'A token is needed')
        return
      }
      // whatever else it is, the stream is over
      if (error instanceof Refused) why = error.message
    }
    listener.onState('lost', `${why}. Trying again`)
    // of many pages that lost the same service, not all come back at once
    await sleep(pause * (0.75 + Math.random() / 2))
    pause = Math.min(LONGEST_PAUSE, pause * 2)
  }
}

class Refused extends Error {}

/**
 * Until the stream ends.
 *
 * @param {Listener} listener
 * @param {() => void} onFirst
 * @returns {Promise<'renew' | 'cut'>}
 */
async function stream(listener, onFirst) {
  const controller = new AbortController()
  const response = await request('events', {
    headers: { accept: 'text/event-stream' },
    signal: controller.signal,
  })
  if (!response.ok || response.body === null) throw new Refused(await problemOf(response))
  let silence = setTimeout(() => controller.abort(), SILENCE)
  try {
    for await (const { event, data } of eventsOf(response.body)) {
      clearTimeout(silence)
      silence = setTimeout(() => controller.abort(), SILENCE)
      if (event === 'renew') return 'renew'
      if (event !== 'stats') continue
      onFirst()
      listener.onState('live', 'Live')
      listener.onStats(JSON.parse(data))
    }
    return 'cut'
  } finally {
    clearTimeout(silence)
    controller.abort()
  }
}

/**
 * As the HTML standard has it (section 9.2.6), of what our service sends: lines end in a line feed, no retry, no id.
 *
 * @param {ReadableStream<Uint8Array<ArrayBuffer>>} body
 * @returns {AsyncGenerator<{ event: string, data: string }>}
 */
async function* eventsOf(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    text += value
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      yield eventOf(text.slice(0, end))
      text = text.slice(end + 2)
    }
  }
}

/** @param {string} block */
function eventOf(block) {
  const lines = block.split('\n')
  const of = (/** @type {string} */ field) =>
    lines.filter((line) => line.startsWith(field)).map((line) => line.slice(field.length))
  return { event: of('event: ')[0] ?? 'message', data: of('data: ').join('\n') }
}

/** @param {number} ms */
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
