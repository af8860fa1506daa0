// The other side of delay-proxy.ts. Plain JavaScript, since Node 20 cannot start a worker thread from a TypeScript file.
import { connect, createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { host, port, delay } = workerData

// The whole delay of a round trip is put on the way back: a client that asks and waits cannot tell. Chunks are delayed each
// by itself, so that a long answer is late but not slow: a network with distance and all the bandwidth there is.
const proxy = createServer({ noDelay: true, pauseOnConnect: true }, (client) => {
  // The round trip of TCP's own handshake.
  setTimeout(() => join(client), delay)
})

function join(client) {
  const server = connect({ host, port, noDelay: true })
  client.pipe(server)
  server.on('data', (chunk) => {
    setTimeout(() => {
      if (!client.write(chunk)) server.pause()
    }, delay)
  })
  client.on('drain', () => server.resume())
  server.on('end', () => setTimeout(() => client.end(), delay))
  for (const [one, other] of [
    [client, server],
    [server, client],
  ]) {
    // Told by `close` as well; what is still on its way is delivered before.
    one.on('error', () => {})
    one.on('close', () => setTimeout(() => other.destroy(), delay))
  }
}

proxy.listen(0, '127.0.0.1', () => parentPort.postMessage(proxy.address().port))
