import { connect, type Socket } from 'node:net'
import type { Case, Contestant, Sample } from '../case.js'
import type { HttpPeer } from '../http/peer.js'
import { peersNamed } from '../http/peers/all.js'
import { posts } from '../http/posts.js'
import { residentBytes } from '../http/processes.js'
import { Server } from '../http/server.js'

const NAMES = [
  'C epoll',
  'nginx proxy_cache',
  'Varnish',
  'strata native',
  'strata TypeScript',
  'node:http',
  'uWebSockets.js + lru-cache',
  'brahma-firelight',
]

/** Opened at the same time. */
const AT_ONCE = 50

function contestant(peer: HttpPeer): Contestant {
  return {
    name: peer.name,
    start: async ({ quick }) => {
      const server = await Server.start(peer)
      const load = await server.load(posts)
      await load.run({ connections: 256, ms: 2_000 })
      return {
        round: () => measure(server, quick ? 1_000 : 10_000),
        stop: async () => server.stop(),
      }
    },
  }
}

async function measure(server: Server, count: number): Promise<Sample> {
  const { port, pids } = await server.use()
  const before = residentBytes(pids)
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const some = Array.from({ length: AT_ONCE }, () => openIdle(port))
    sockets.push(...(await Promise.all(some)))
  }
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const after = residentBytes((await server.use()).pids)
  const open = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded).length
  for (const socket of sockets) socket.destroy()
  return { open, perConnection: (after - before) / open / 1_024, total: after / 1_024 / 1_024 }
}

/** A connection that has been answered once. */
function openIdle(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /posts/1 HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`)
    socket.on('data', () => resolve(socket)).on('error', reject)
    socket.once('end', () => socket.destroy())
  })
}

export const benchmark: Case = {
  name: 'http-idle',
  title: 'connections that wait',
  about:
    '10,000 kept-alive connections, each answered once. open: those the server has not closed when it is measured. KB each: what the memory of the server (resident, without that of the system) has grown by, for each of these. MB: all of it.',
  columns: [
    { key: 'open', title: 'open' },
    { key: 'perConnection', title: 'KB each', digits: 2, against: ['node:http'], as: 'cost' },
    { key: 'total', title: 'MB', digits: 1 },
  ],
  contestants: peersNamed(...NAMES).map(contestant),
  bars: [
    {
      contestant: 'strata native',
      column: 'perConnection',
      what: 'KB of memory of a connection that waits',
      floor: 2,
    },
  ],
  rounds: { full: 1, quick: 1, warmups: 0 },
  sequential: true,
}
