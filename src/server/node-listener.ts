import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { ListenError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { isPromise } from './chain.js'
import type { Core } from './core.js'
import { dispose } from './dispose.js'
import type { ListenAddress, Listener } from './listener.js'
import { Hosts, readHead } from './node-head.js'
import { NodeIncoming, type Reading } from './node-incoming.js'
import { refuse, statusOf, type ClientError } from './node-refusal.js'
import { writeResponse, type Writing } from './node-writer.js'
import { problem } from './problem.js'
import type { Reporter } from './reporter.js'
import { ROUTE_LIMITS } from './route-limits.js'
import type { ServerCounters } from './server-stats.js'
import type { ServerSettings } from './settings.js'
import type { Watch } from './watch.js'

export interface NodeListenerParts {
  readonly core: Core
  readonly settings: ServerSettings
  readonly watch: Watch
  readonly counters: ServerCounters
  readonly reporter: Reporter
  /** Of CONNECT, which the parser does not give as a request. */
  readonly allow: () => string
}

const EXCHANGE = Symbol('exchange')

/** What is going on in a connection. */
interface Exchange {
  /** Requests that are not answered yet. */
  unanswered: number
  latest: NodeIncoming | undefined
}

interface Connection extends Socket {
  [EXCHANGE]: Exchange
}

/** Above our own limits, so that ours decide. The parser counts the target in. */
const PARSER_BYTES = ROUTE_LIMITS.targetBytes + 131_072

/** HTTP/1.1 by the parser of node:http. */
export class NodeListener implements Listener {
  readonly isNative = false
  readonly #parts: NodeListenerParts
  readonly #reading: Reading
  readonly #hosts = new Hosts()
  readonly #usual: Writing
  readonly #last: Writing
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isClosing = false

  constructor(parts: NodeListenerParts) {
    const { settings } = parts
    this.#parts = parts
    this.#reading = {
      watch: parts.watch,
      timeouts: settings.timeouts,
      respond: (incoming, response) => this.#write(incoming, response),
    }
    const writeTimeout = settings.timeouts.write
    this.#usual = { writeTimeout, isLast: false }
    this.#last = { writeTimeout, isLast: true }
    this.#server = this.#open(settings)
  }

  async listen(): Promise<ListenAddress> {
    const { host, port } = this.#parts.settings
    const server = this.#server
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause: Error & { code?: string }) => {
        reject(new ListenError(`${host}:${port}: ${cause.code ?? cause.message}`, { cause }))
      })
      server.listen({ port, host }, resolve)
    })
    return server.address() as AddressInfo
  }

  async close(timeout: number): Promise<void> {
    this.#isClosing = true
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve()) // of one that does not listen it is called as well
    })
    // node:http takes a connection that has sent nothing yet for a busy one
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy()
    const timer = setTimeout(() => this.#cutOff(), timeout)
    await closed
    clearTimeout(timer)
  }

  keepAlive(isKept: boolean): void {
    if (isKept) this.#server.ref()
    else this.#server.unref()
  }

  connections(): number {
    return this.#sockets.size
  }

  #open({ limits, timeouts }: ServerSettings): Server {
    const server = createServer(
      {
        insecureHTTPParser: false,
        requireHostHeader: false, // answered by us, with a body
        maxHeaderSize: PARSER_BYTES,
        headersTimeout: timeouts.header,
        requestTimeout: timeouts.request,
        keepAliveTimeout: timeouts.idle,
        connectionsCheckingInterval: Math.min(1_000, timeouts.header),
        noDelay: true,
      },
      (req, res) => this.#take(req, res, false),
    )
    server.maxHeadersCount = limits.headerFields + 1
    server.maxConnections = limits.connections
    server.on('connection', (socket) => this.#welcome(socket as Connection))
    server.on('checkContinue', (req, res) => this.#take(req, res, true))
    server.on('checkExpectation', (req, res) =>
      this.#refuse(new NodeIncoming(req, res, this.#reading), 417),
    )
    server.on('connect', (_req, socket) => this.#refuseRaw(socket as Connection, 405))
    server.on('clientError', (error, socket) => this.#misread(error, socket as Connection))
    return server
  }

  #welcome(socket: Connection): void {
    socket[EXCHANGE] = { unanswered: 0, latest: undefined }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #take(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const incoming = new NodeIncoming(req, res, this.#reading)
    const status = readHead(req, this.#parts.settings.limits, incoming, this.#hosts)
    if (status !== 0) return this.#refuse(incoming, status)
    incoming.expectsContinue = expectsContinue
    const exchange = (req.socket as Connection)[EXCHANGE]
    exchange.unanswered++
    exchange.latest = incoming
    const answer = this.#parts.core.answer(incoming)
    if (isPromise(answer)) void answer.then((response) => this.#write(incoming, response))
    else this.#write(incoming, answer)
  }

  #write(incoming: NodeIncoming, response: HttpResponse): void {
    const { req, res } = incoming
    if (incoming.isAnswered) return dispose(response.body)
    incoming.isAnswered = true
    ;(req.socket as Connection)[EXCHANGE].unanswered--
    if (res.destroyed) {
      this.#parts.counters.aborted++
      return dispose(response.body)
    }
    const writing = this.#isClosing ? this.#last : this.#usual
    try {
      const written = writeResponse(incoming, response, writing)
      if (written !== undefined) this.#follow(incoming, written)
    } catch (error) {
      this.#parts.counters.errors++
      this.#parts.reporter.error(`${incoming.method} ${incoming.target}`, error)
      void writeResponse(incoming, problem(500), writing)
    }
  }

  /** A body that comes piece by piece failed: with the head still unsent it is 500, after that the client must see it end. */
  #follow(incoming: NodeIncoming, written: Promise<void>): void {
    const { req, res, target, method } = incoming
    written
      .catch((error: unknown) => {
        if (res.destroyed) return
        this.#parts.counters.errors++
        this.#parts.reporter.error(`${method} ${target}`, error)
        if (res.headersSent) req.socket.destroy()
        else this.#refuse(incoming, 500)
      })
      .finally(() => {
        if (this.#isClosing) setImmediate(() => this.#server.closeIdleConnections())
      })
      .catch(() => undefined)
  }

  /** A message that is wrong as such: the connection ends, since nobody knows where the next one begins. */
  #refuse(incoming: NodeIncoming, status: number): void {
    this.#parts.counters.refused++
    incoming.length = undefined // whatever it said
    void writeResponse(incoming, problem(status), this.#last)
  }

  #misread(error: ClientError, socket: Connection): void {
    if (error.code === 'ECONNRESET' || !socket.writable) socket.destroy()
    else this.#refuseRaw(socket, statusOf(error))
  }

  /** Only where no other answer is due: it would be taken for that one. */
  #refuseRaw(socket: Connection, status: number): void {
    this.#parts.counters.refused++
    if (isOwed(socket[EXCHANGE])) socket.destroy()
    else refuse(socket, status, status === 405 ? this.#parts.allow() : undefined)
  }

  #cutOff(): void {
    this.#server.closeAllConnections()
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Whether some request waits for an answer, except one whose own body is what went wrong. */
function isOwed({ unanswered, latest }: Exchange): boolean {
  if (unanswered === 0) return false
  return unanswered > 1 || latest === undefined || latest.req.complete || latest.res.headersSent
}
