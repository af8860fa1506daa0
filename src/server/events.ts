import { InvalidOptionError } from '../errors.js'

/** A server-sent event; a string is its data. */
export type ServerSentEvent =
  | string
  | {
      /** Anything but a string is sent as JSON. */
      readonly data?: unknown
      readonly event?: string
      readonly id?: string
      /** Milliseconds after which a client that lost the connection comes back. */
      readonly retry?: number
    }

/** The text of each event as it comes. */
export async function* formatEvents(events: AsyncIterable<ServerSentEvent>): AsyncIterable<string> {
  for await (const event of events) yield formatEvent(event)
}

/** As the HTML standard has it in section 9.2: a line per line of the data, an empty one at the end. */
function formatEvent(event: ServerSentEvent): string {
  if (typeof event === 'string') return `${dataLines(event)}\n`
  const { data, event: name, id, retry } = event
  let text = ''
  if (name !== undefined) text += `event: ${oneLine(name, 'event')}\n`
  if (id !== undefined) text += `id: ${oneLine(id, 'id')}\n`
  if (retry !== undefined) text += `retry: ${Math.round(retry)}\n`
  if (data !== undefined) text += dataLines(typeof data === 'string' ? data : JSON.stringify(data))
  return `${text}\n`
}

function dataLines(data: string): string {
  return data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')
}

function oneLine(text: string, option: string): string {
  if (/[\r\n\0]/.test(text)) throw new InvalidOptionError(option, text, 'one line')
  return text
}
