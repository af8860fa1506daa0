import { type Agent, type IncomingMessage, request as send, type RequestOptions } from 'node:http'
import { connect } from 'node:net'

/** What came back, whole. */
export interface Received {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly bytes: Buffer
  readonly body: string
}

export interface Asking {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | string[]>>
  readonly body?: string
  readonly agent?: Agent
}

/** One request on a connection of its own, unless an agent is given. Rejects when the answer breaks off. */
export async function ask(port: number, path: string, asking: Asking = {}): Promise<Received> {
  return await receive(await open(port, path, asking))
}

/** The head of the answer; the body is still to be read. */
export function open(port: number, path: string, asking: Asking = {}): Promise<IncomingMessage> {
  const { method = 'GET', headers = {}, body, agent } = asking
  const options: RequestOptions = { host: '127.0.0.1', port, path, method, headers: { ...headers } }
  return new Promise((resolve, reject) => {
    const request = send({ ...options, agent: agent ?? false }, resolve)
    request.on('error', reject)
    request.end(body)
  })
}

export async function receive(answer: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = []
  for await (const chunk of answer) chunks.push(chunk as Buffer)
  if (!answer.complete) throw new Error('the answer broke off')
  const bytes = Buffer.concat(chunks)
  const { statusCode = 0, headers, rawHeaders } = answer
  return { status: statusCode, headers, rawHeaders, bytes, body: bytes.toString() }
}

/** A request that its client does not wait for: `leave` ends the connection. */
export function start(port: number, path: string): { readonly leave: () => void } {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  return { leave: () => socket.destroy() }
}

/** Sends text as it is, and gives all that comes back until the server ends the connection. */
export function exchange(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (more: string) => (answer += more))
    socket.on('error', reject)
    socket.on('close', () => resolve(answer))
    socket.write(text)
  })
}
