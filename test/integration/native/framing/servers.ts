import { type ChildProcess, spawn } from 'node:child_process'
import { createServer as createNodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer } from '../../../../src/server/index.js'

/** A server that says of each request, in `x-echo`, what it took it for. */
export interface EchoServer {
  readonly port: number
  close(): Promise<void>
}

/** Method, target, length and hash of the body. */
function echoOf(method: string, target: string, body: Uint8Array): string {
  return `${method} ${target} ${body.byteLength} ${checksum(body).toString(16).padStart(8, '0')}`
}

/** FNV-1a, 32 bits. */
function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash
}

/** Ours. */
export async function openOurs(native: boolean): Promise<EchoServer> {
  const app = createServer({ port: 0, native, logger: false })
  for (const pattern of ['/', '/*rest'] as const) {
    app.all(pattern, async (c) => {
      const { method, target } = c.req.incoming
      const body = await c.req.bytes()
      return c.text('', 200, { 'x-echo': echoOf(method, target, body) })
    })
  }
  const { port } = await app.listen()
  return { port, close: () => app.close({ timeout: 100 }) }
}

/** The parser of Node, as strict as it comes. */
export async function openNode(): Promise<EchoServer> {
  const server = createNodeServer({ requireHostHeader: false }, (req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('error', () => undefined) // then there is no answer either
    req.on('end', () => {
      const target = /^https?:\/\/[^/?#]*(.*)$/i.exec(req.url ?? '')?.[1] ?? req.url ?? ''
      const rooted = target.startsWith('/') || target === '*' ? target : `/${target}`
      res.setHeader('x-echo', echoOf(req.method ?? '', rooted, Buffer.concat(chunks)))
      res.setHeader('content-length', '0')
      res.end()
    })
  })
  server.on('clientError', (error: Error & { code?: string }, socket) => {
    // bytes behind the last request of a connection are no fault of that request
    if (error.code === 'HPE_CLOSED_CONNECTION') return
    // behind the answers to what came before it
    setImmediate(() => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed())
        server.closeAllConnections()
      }),
  }
}

/** hyper, in a process of its own. */
export async function openHyper(): Promise<EchoServer> {
  const child = spawn(
    'cargo',
    ['run', '--quiet', '--package', 'strata-engine', '--example', 'hyper_echo'],
    { cwd: new URL('../../../../native', import.meta.url), stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`hyper_echo ended with ${code}`)))
    child.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())))
  })
  return { port, close: () => ended(child) }
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise<void>((done) => child.once('exit', () => done()))
  child.stdin?.end()
  await exit
}
