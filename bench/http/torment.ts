import { connect, type Socket } from 'node:net'

/** What came of the clients that misbehave. */
export interface Tormented {
  readonly readersCut: number
  readonly headsCut: number
  readonly churned: number
}

const SLOW = 20
/** Bytes of a large answer's body. */
export const BIG = 1_000_000
/** Asked for at once, on one connection: more than the system takes off the server's hands. */
const BIG_ONES = 16
/** Milliseconds. */
const READS_NOTHING = 4_000

/**
 * Clients that misbehave, over and over until `stop`: some ask for large answers and read nothing of them for 4 s, some never come to
 * the end of a head, some come for one request and go, half of them before the answer. `stop` tells how many of the slow
 * ones were cut off.
 */
export function torment(port: number): { stop(): Tormented } {
  const sockets = new Set<Socket>()
  const heads = new Set<Socket>()
  const counts = { readersCut: 0, headsCut: 0, churned: 0 }
  let isOver = false
  const open = (text: string, cut: () => void): Socket => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    sockets.add(socket)
    socket
      .on('error', () => undefined)
      .on('close', () => {
        sockets.delete(socket)
        if (!isOver) cut()
      })
    return socket
  }
  // That it was cut off, a client only learns by reading on.
  const reader = (): void => {
    let got = 0
    const socket = open('GET /big/1 HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(BIG_ONES), () => {
      if (got < BIG * BIG_ONES) counts.readersCut++
      reader()
    })
    setTimeout(() => {
      socket.on('data', (chunk: Buffer) => {
        got += chunk.length
        if (got >= BIG * BIG_ONES) socket.destroy()
      })
    }, READS_NOTHING)
  }
  const head = (): void => {
    const socket = open('GET /posts/1 HTTP/1.1\r\nhost: a\r\nx-slow: ', () => {
      counts.headsCut++
      head()
    })
    heads.add(socket.resume())
    socket.once('close', () => heads.delete(socket))
  }
  const visit = (): void => {
    const socket = open('GET /posts/2 HTTP/1.1\r\nhost: a\r\n\r\n', () => counts.churned++)
    if (Math.random() < 0.5) setTimeout(() => socket.destroy(), 1)
    else socket.once('data', () => socket.destroy())
  }
  for (let count = 0; count < SLOW; count++) {
    reader()
    head()
  }
  const timer = setInterval(() => {
    for (const socket of heads) socket.write('x')
    for (let count = 0; count < 10; count++) visit()
  }, 50)
  return {
    stop: () => {
      isOver = true
      clearInterval(timer)
      for (const socket of sockets) socket.destroy()
      return counts
    },
  }
}
