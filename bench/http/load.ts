import { connect, type Socket } from 'node:net'
import { AnswerReader, type Answer } from './answer-reader.js'

/** Connections of a load, each with one request at a time. */
const CONNECTIONS = 32

/** What a browser sends along. */
const FIELDS = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0',
  'Accept: application/json, text/plain, */*',
  'Accept-Language: en-GB,en;q=0.7,de;q=0.3',
  'Accept-Encoding: gzip, deflate, br',
  'Referer: http://127.0.0.1/',
  'Cookie: session=2f6b1d6e8a3c4f5b9d7e; theme=dark',
  'Sec-Fetch-Mode: cors',
  'Connection: keep-alive',
]

/** Milliseconds from each request to the end of its answer. */
export type Latencies = Float64Array

/** Kept-alive connections to one server, without a library between them and their cost. */
export class Load {
  readonly #sockets: readonly Socket[]
  readonly #requests: readonly Buffer[]

  private constructor(sockets: readonly Socket[], requests: readonly Buffer[]) {
    this.#sockets = sockets
    this.#requests = requests
  }

  static async open(port: number, paths: readonly string[]): Promise<Load> {
    const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => connected(port)))
    return new Load(
      sockets,
      paths.map((path) => requestOf(path, port)),
    )
  }

  /** Asks on every connection as fast as it is answered. Rejects at once when an answer is not 200. */
  async run(ms: number): Promise<Latencies> {
    const end = performance.now() + ms
    const counter = { next: 0 }
    const runs = this.#sockets.map((socket) => drive(socket, this.#requests, counter, end))
    const all = await Promise.all(runs)
    return Float64Array.from(all.flat())
  }

  /** One request for each path, one after another. */
  async askEach(): Promise<Answer[]> {
    const answers: Answer[] = []
    const [socket] = this.#sockets
    for (const request of this.#requests) answers.push(await ask(socket as Socket, request))
    return answers
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

function requestOf(path: string, port: number): Buffer {
  return Buffer.from(
    [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...FIELDS, '', ''].join('\r\n'),
  )
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}

function drive(
  socket: Socket,
  requests: readonly Buffer[],
  counter: { next: number },
  end: number,
): Promise<number[]> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader()
    const latencies: number[] = []
    let sentAt = 0
    const send = (now: number): void => {
      sentAt = now
      socket.write(requests[counter.next++ % requests.length] as Buffer)
    }
    const settle = (how: () => void): void => {
      socket.off('data', heard).off('close', closed)
      how()
    }
    const closed = (): void => settle(() => reject(new Error('the server closed a connection')))
    const heard = (chunk: Buffer): void => {
      if (!reader.take(chunk)) return
      if (!reader.isOk) return settle(() => reject(new Error(reader.answer.head)))
      const now = performance.now()
      latencies.push(now - sentAt)
      if (now < end) send(now)
      else settle(() => resolve(latencies))
    }
    socket.on('data', heard).on('close', closed)
    send(performance.now())
  })
}

function ask(socket: Socket, request: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader()
    const heard = (chunk: Buffer): void => {
      if (!reader.take(chunk)) return
      socket.off('data', heard).off('close', closed)
      if (reader.isOk) resolve(reader.answer)
      else reject(new Error(reader.answer.head))
    }
    const closed = (): void => reject(new Error('the server closed the connection'))
    socket.on('data', heard).once('close', closed)
    socket.write(request)
  })
}
