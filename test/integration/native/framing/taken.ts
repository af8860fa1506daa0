import { connect } from 'node:net'

/** How a server answered the bytes of one connection. */
export interface Taken {
  /** In order, without those of 1xx: the status, and what the request was taken for (`x-echo`). */
  readonly answers: readonly { readonly status: number; readonly echo: string | undefined }[]
  readonly isClosed: boolean
  /** It closed while bytes came in: answers it had given may be lost. */
  readonly isReset: boolean
}

/** Sends these pieces one after the other, and listens until nothing has come for so many milliseconds. */
export async function taken(
  port: number,
  pieces: readonly string[],
  quiet: number,
): Promise<Taken> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  let text = ''
  let isClosed = false
  let isReset = false
  let last = performance.now()
  socket.setEncoding('latin1')
  socket.on('data', (data: string) => {
    text += data
    last = performance.now()
  })
  socket.on('error', () => (isReset = true))
  socket.on('close', () => (isClosed = true))
  for (const piece of pieces) {
    if (isClosed) break
    await new Promise<void>((sent) => socket.write(piece, 'latin1', () => sent()))
    if (pieces.length < 8) await new Promise((next) => setImmediate(next))
  }
  last = performance.now()
  // oxlint-disable-next-line no-unmodified-loop-condition -- the listeners above modify it
  while (!isClosed && performance.now() - last < quiet) {
    await new Promise((next) => setTimeout(next, Math.max(1, quiet / 4)))
  }
  socket.destroy()
  return { answers: answersIn(text), isClosed, isReset }
}

/** Cuts what a server sent into answers: by their lengths, or where the next one begins. */
function answersIn(text: string): Taken['answers'] {
  const answers: { status: number; echo: string | undefined }[] = []
  let at = 0
  while (at < text.length) {
    const end = text.indexOf('\r\n\r\n', at)
    if (end < 0) break
    const head = text.slice(at, end)
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0)
    const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0)
    at = end + 4
    if (!text.startsWith('HTTP/1.1 ', at)) at += length
    if (status >= 200 || status === 0)
      answers.push({ status, echo: /^x-echo: (.*)$/im.exec(head)?.[1] })
  }
  return answers
}
