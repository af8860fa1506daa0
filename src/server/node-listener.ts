import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Server as NetServer, type AddressInfo, type Socket } from 'node:net'
import { HttpError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { isThere } from './chain.js'
import type { Core } from './core.js'
import { dispose } from './dispose.js'
import { listenErrorOf } from './listen-error.js'
import type { ListenAddress, Listener, ListenerCounts } from './listener.js'
import { Hosts, readHead } from './node-head.js'
import { NodeIncoming, type Reading } from './node-incoming.js'
import { refuse, statusOf, type ClientError } from './node-refusal.js'
import { writeResponse } from './node-writer.js'
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
  /** It ends with an answer that is given or on its way: what comes behind is not looked at. */
  isOver: boolean
}

interface Connection extends Socket {
  [EXCHANGE]: Exchange
}

/** Above our own limits, so that ours decide. The parser counts the target in. */
const PARSER_BYTES = ROUTE_LIMITS.targetBytes + 131_072

/** Requests of one connection that are answered at once; the connection ends with the last of so many. */
const MAX_UNANSWERED = 100

/** While it closes: milliseconds between looks for connections that have nothing to do any more. */
const CLOSE_PAUSE = 50

/** The server's own counters have it all. */
const NO_COUNTS: ListenerCounts = { requests: 0, hits: 0, refused: 0, aborted: 0 }

/** HTTP/1.1 by the parser of node:http. */
export class NodeListener implements Listener {
  readonly isNative = false
  readonly #parts: NodeListenerParts
  readonly #reading: Reading
  readonly #hosts = new Hosts()
  readonly #server: Server
  readonly #sockets = new Set<Connection>()
  #isClosing = false

  constructor(parts: NodeListenerParts) {
    const { settings } = parts
    this.#parts = parts
    this.#reading = {
      watch: parts.watch,
      timeouts: settings.timeouts,
      respond: (incoming, response) => this.#write(incoming, response),
    }
    this.#server = this.#open(settings)
  }

  async listen(): Promise<ListenAddress> {
    const { host, port } = this.#parts.settings
    const server = this.#server
    await new Promise<void>((resolve, reject) => {
      const refuse = (cause: Error): void => reject(listenErrorOf({ host, port }, cause))
      server.once('error', refuse).listen({ port, host }, () => {
        server.off('error', refuse)
        server.on('error', (error) => this.#parts.reporter.error('listening', error))
        resolve()
      })
    })
    return server.address() as AddressInfo
  }

  async close(timeout: number): Promise<void> {
    this.#isClosing = true
    const closed = new Promise<void>((resolve) => {
      // not that of node:http: it cuts off answers which slow clients are still taking
      NetServer.prototype.close.call(this.#server, () => resolve())
    })
    this.#closeIdle()
    const again = setInterval(() => this.#closeIdle(), CLOSE_PAUSE)
    const deadline = setTimeout(() => this.#cutOff(), timeout)
    await closed
    clearInterval(again)
    clearTimeout(deadline)
    this.#server.close() // ends its own timer
  }

  keepAlive(isKept: boolean): void {
    if (isKept) this.#server.ref()
    else this.#server.unref()
  }

  connections(): number {
    return this.#sockets.size
  }

  counts(): ListenerCounts {
    return NO_COUNTS
  }

  /** They are looked up with each request. */
  routesChanged(): void {}

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
    server.on('checkExpectation', (req, res) => {
      if (!(req.socket as Connection)[EXCHANGE].isOver) {
        this.#refuse(new NodeIncoming(req, res, this.#reading), 417)
      }
    })
    server.on('connect', (_req, socket) => this.#refuseRaw(socket as Connection, 405))
    server.on('clientError', (error, socket) => this.#misread(error, socket as Connection))
    return server
  }

  #welcome(socket: Connection): void {
    socket[EXCHANGE] = { unanswered: 0, latest: undefined, isOver: false }
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }

  #take(req: IncomingMessage, res: ServerResponse, expectsContinue: boolean): void {
    const exchange = (req.socket as Connection)[EXCHANGE]
    if (exchange.isOver) return // it came behind something that ends the connection
    const incoming = new NodeIncoming(req, res, this.#reading)
    const status = readHead(req, this.#parts.settings.limits, incoming, this.#hosts)
    if (status !== 0) return this.#refuse(incoming, status)
    incoming.expectsContinue = expectsContinue
    exchange.latest = incoming
    if (++exchange.unanswered === MAX_UNANSWERED) incoming.isLast = true
    if (incoming.isLast) exchange.isOver = true
    const answer = this.#parts.core.answer(incoming)
    if (isThere(answer)) this.#write(incoming, answer)
    else void answer.then((response) => this.#write(incoming, response))
  }

  #write(incoming: NodeIncoming, response: HttpResponse): void {
    const { req, res } = incoming
    if (incoming.isAnswered) return dispose(response.body)
    incoming.isAnswered = true
    const exchange = (req.socket as Connection)[EXCHANGE]
    exchange.unanswered--
    if (res.destroyed) {
      this.#parts.counters.aborted++
      return dispose(response.body)
    }
    const { write, idle } = this.#reading.timeouts
    if (this.#isClosing || idle === 0) incoming.isLast = true
    try {
      const written = writeResponse(incoming, response, write)
      if (incoming.isLast) exchange.isOver = true
      if (written !== undefined) this.#follow(incoming, written)
    } catch (error) {
      this.#parts.counters.errors++
      this.#parts.reporter.error(`sending what answers ${incoming.method}`, error)
      if (res.headersSent) cutShort(req, write)
      else void writeResponse(incoming, problem(500), write)
    }
  }

  /** A body that comes piece by piece failed: with the head still unsent it is 500, after that the client must see it end. */
  #follow(incoming: NodeIncoming, written: Promise<void>): void {
    const { req, res, method } = incoming
    written.catch((error: unknown) => {
      if (res.destroyed) return
      this.#parts.counters.errors++
      this.#parts.reporter.error(`sending what answers ${method}`, error)
      if (res.headersSent) cutShort(req, this.#reading.timeouts.write)
      else this.#refuse(incoming, failureStatus(error))
    })
  }

  /** A message that is wrong as such: the connection ends, since nobody knows where the next one begins. */
  #refuse(incoming: NodeIncoming, status: number): void {
    this.#parts.counters.refused++
    incoming.length = undefined // whatever it said
    incoming.isLast = true
    ;(incoming.req.socket as Connection)[EXCHANGE].isOver = true
    void writeResponse(incoming, problem(status), this.#reading.timeouts.write)
  }

  #misread(error: ClientError, socket: Connection): void {
    const { code } = error
    if (code === 'ECONNRESET') socket.destroy()
    else if (socket[EXCHANGE].isOver) {
      // the client has sent its last: the rest of the answer is all there is to do
      if (code === 'HPE_INVALID_EOF_STATE') socket.destroySoon()
    } else if (code !== 'HPE_CLOSED_CONNECTION') this.#refuseRaw(socket, statusOf(error))
  }

  /** Only where no other answer is due: it would be taken for that one. */
  #refuseRaw(socket: Connection, status: number): void {
    const exchange = socket[EXCHANGE]
    this.#parts.counters.refused++
    exchange.isOver = true
    if (isOwed(exchange)) socket.destroy()
    else refuse(socket, status, status === 405 ? this.#parts.allow() : undefined)
  }

  #closeIdle(): void {
    for (const socket of this.#sockets) if (isIdle(socket)) socket.destroySoon()
  }

  #cutOff(): void {
    for (const socket of this.#sockets) socket.destroy()
  }
}

/** Whether some request waits for an answer, except one whose own body is what went wrong. */
function isOwed({ unanswered, latest }: Exchange): boolean {
  if (unanswered === 0) return false
  return unanswered > 1 || latest === undefined || latest.req.complete || latest.res.headersSent
}

/** Whether all that was asked is answered and taken. One that has sent nothing was never asked. */
function isIdle(socket: Connection): boolean {
  const { unanswered, latest } = socket[EXCHANGE]
  return latest === undefined
    ? socket.bytesRead === 0
    : unanswered === 0 && latest.res.writableFinished
}

/** Sends what was written, but no end. In HTTP/1.0 closing is an end: only a reset is none. */
function cutShort({ socket, httpVersionMinor }: IncomingMessage, writeTimeout: number): void {
  if (httpVersionMinor === 0) socket.resetAndDestroy()
  else socket.setTimeout(writeTimeout).destroySoon()
}

/** Of a body that never began: what it says itself, if it is a fault of ours. */
function failureStatus(error: unknown): number {
  return error instanceof HttpError && error.status >= 500 ? error.status : 500
}
