import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Blog } from './blog.js'
import type { Source } from './source.js'

export interface WebServer {
  readonly url: string
  close(): Promise<void>
}
export interface WebOptions {
  /** 0 (default) takes any free port; a taken one falls back to that. */
  readonly port?: number
  /** Told of every answer of the blog: where it came from, and how long the handler took for its body. */
  readonly onAnswer?: (source: Source, ms: number) => void
  /** What else is served, by exact path. */
  readonly pages?: Readonly<Record<string, () => { type: string; body: string }>>
}

/** The blog over node:http. */
export async function serveBlog(blog: Blog, options: WebOptions = {}): Promise<WebServer> {
  const server = createServer((request, response) => {
    respond(blog, options, request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500)
      response.end(`${error}\n`)
    })
  })
  const listen = (port: number) =>
    new Promise<void>((done, failed) => {
      server
        .once('error', failed)
        .listen(port, '127.0.0.1', () => done(void server.off('error', failed)))
    })
  await listen(options.port ?? 0).catch(() => listen(0))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

async function respond(
  blog: Blog,
  options: WebOptions,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://blog')
  const page = options.pages?.[pathname]?.()
  if (page) {
    response
      .writeHead(200, { 'content-type': page.type, 'cache-control': 'no-store' })
      .end(page.body)
    return
  }
  const id = Number(/^\/posts\/(\d{1,9})$/.exec(pathname)?.[1])
  if (request.method === 'POST' && id) {
    const told = await blog.rename(id, searchParams.get('title') ?? 'Untitled')
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ told }))
    return
  }
  const startedAt = performance.now()
  const answer = await answerOf(blog, pathname, id)
  const ms = performance.now() - startedAt
  if (answer) options.onAnswer?.(answer.source, ms)
  // The handler's own time travels with the answer, so that one request measures both: the data, and all of it.
  response.writeHead(answer?.body ? 200 : 404, {
    'content-type': 'application/json',
    'server-timing': `data;dur=${ms.toFixed(4)}`,
    'x-source': answer?.source ?? 'none',
  })
  response.end(JSON.stringify(answer?.body ?? { error: 'not found' }))
}

function answerOf(blog: Blog, pathname: string, id: number): Promise<Answer> | undefined {
  if (id) return blog.post(id)
  if (pathname === '/popular') return blog.popular()
  if (pathname === '/dashboard') return blog.dashboard()
  return undefined
}
