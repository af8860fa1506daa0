import type { Fields } from '../http/fields.js'
import type { HttpBody, HttpResponse } from '../http/message.js'
import { inFull } from './exact-length.js'
import { announcedLength, joinedLines, namesOf } from './own-fields.js'

/** A response of the fetch standard, as the cache takes it. */
export async function messageOf(response: Response): Promise<HttpResponse> {
  const { status, headers, body } = response
  return { status, fields: fieldsIn(headers), body: body === null ? undefined : await bodyOf(body) }
}

/** Several lines of Set-Cookie stay several. */
export function fieldsIn(headers: Headers): Fields {
  const fields: string[] = []
  for (const [name, value] of headers) fields.push(name, value)
  return fields
}

export function headersOf(fields: Fields): Headers {
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) {
    headers.append(fields[i] as string, fields[i + 1] as string)
  }
  return headers
}

/** An answer as a response of the fetch standard, with what was set for this request before. */
export function responseOf({ status, fields, body }: HttpResponse, there: Fields): Response {
  const headers = headersOf(there)
  for (const name of namesOf(fields)) {
    headers.delete(name)
    for (const line of joinedLines(name, there, fields)) headers.append(name, line)
  }
  const announced = body === undefined ? undefined : announcedLength(fields)
  return new Response(sent(body, announced), { status, headers })
}

type Sendable = ConstructorParameters<typeof Response>[0]

function sent(body: HttpBody, announced: number | undefined): Sendable {
  if (body === undefined) return null
  const full = inFull(body, announced)
  return full instanceof Uint8Array ? (full as Uint8Array<ArrayBuffer>) : streamOf(full)
}

function streamOf(body: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await iterator.next()
        if (next.done === true) controller.close()
        else controller.enqueue(next.value)
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

/** What is there at once is whole, and what comes later is a stream: most responses are made of one text. */
async function bodyOf(stream: ReadableStream<Uint8Array>): Promise<HttpBody> {
  const reader = stream.getReader()
  const first = await reader.read()
  if (first.done) return new Uint8Array(0)
  const second = reader.read()
  second.catch(() => undefined) // it is read again below
  const end = await Promise.race([second, new Promise<'later'>((go) => setImmediate(go, 'later'))])
  if (end !== 'later' && end.done) return bytesOf(first.value)
  return pieces(reader, first.value, second)
}

async function* pieces(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  first: Uint8Array,
  second: ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>,
): AsyncGenerator<Uint8Array> {
  let isDone = false
  try {
    yield bytesOf(first)
    for (let next = await second; ; next = await reader.read()) {
      if (next.done) break
      yield bytesOf(next.value)
    }
    isDone = true
  } finally {
    // nobody reads on: how a source that is let go ends is no news to anybody
    if (!isDone) await reader.cancel().catch(() => undefined)
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') return Buffer.from(chunk)
  throw new TypeError('a piece of a body is a Uint8Array')
}
