import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that can stop forwarding without closing anything, as a network that loses packets would. */
export interface BlackHole {
  readonly port: number
  readonly url: string
  /** Connections that were accepted in all. */
  readonly accepted: number
  /**
   * From now on these connections (with `present`) and new ones (with `others`) forward nothing in either direction; with
   * `named` only those whose client has given itself a name that ends so.
   */
  swallow(options?: {
    readonly present?: boolean
    readonly others?: boolean
    readonly named?: string
  }): void
  /** New connections forward again; those that were swallowed stay so. */
  mend(): void
  /** What the swallowed connections hold back is delivered now, late. */
  release(): void
  close(): Promise<void>
}

interface Pair {
  readonly near: Socket
  readonly far: Socket
  /** What the client sent while the pair was swallowed. */
  held: Buffer[] | undefined
  /** The first that the client sent. */
  greeting: string
}

/** Characters in which a client gives its name. */
const GREETING = 1_000

export async function startBlackHole(targetPort: number): Promise<BlackHole> {
  const pairs = new Set<Pair>()
  let accepted = 0
  let swallowing = false

  const server = createServer((near) => {
    accepted++
    const far = connect(targetPort, '127.0.0.1')
    const pair: Pair = { near, far, held: swallowing ? [] : undefined, greeting: '' }
    pairs.add(pair)
    near.on('data', (chunk: Buffer) => {
      if (pair.greeting.length < GREETING) pair.greeting += chunk.toString('latin1')
      if (pair.held === undefined) far.write(chunk)
      else pair.held.push(chunk)
    })
    far.on('data', (chunk: Buffer) => {
      if (pair.held === undefined) near.write(chunk)
    })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('error', () => {})
      socket.on('close', () => {
        // a lost packet loses the end of the connection too
        if (pair.held !== undefined) return
        pairs.delete(pair)
        other.destroy()
      })
    }
  })
  const port = await listen(server)

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    get accepted() {
      return accepted
    },
    swallow({ present = true, others, named = '' } = {}) {
      swallowing = others ?? named === ''
      if (!present) return
      for (const pair of pairs) if (pair.greeting.includes(`${named}\r\n`)) pair.held ??= []
    },
    mend() {
      swallowing = false
    },
    release() {
      for (const pair of pairs) {
        const held = pair.held ?? []
        pair.held = undefined
        for (const chunk of held) pair.far.write(chunk)
      }
    },
    async close() {
      for (const { near, far } of pairs) {
        near.destroy()
        far.destroy()
      }
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
