/** An event of `text/event-stream`, as far as our services send them. */
export interface SentEvent {
  readonly event: string
  readonly data: string
}

/** UTF-16 units of one event: more is not one of ours. */
const LONGEST = 2 ** 22

/** The events of a stream as they come. Ends with it; throws where it is none. */
export async function* sentEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<SentEvent> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of body) {
    text += decoder.decode(piece, { stream: true })
    let end: number
    while ((end = text.indexOf('\n\n')) !== -1) {
      yield eventOf(text.slice(0, end))
      text = text.slice(end + 2)
    }
    if (text.length > LONGEST) throw new Error('an event without an end')
  }
}

function eventOf(block: string): SentEvent {
  const lines = block.split('\n')
  const of = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2))
  return { event: of('event')[0] ?? 'message', data: of('data').join('\n') }
}
