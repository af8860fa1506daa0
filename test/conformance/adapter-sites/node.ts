import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { cached, type NodeHandler } from '../../../src/adapter/node.js'
import {
  type Handling,
  policyFor,
  type Site,
  type SiteRoute,
  type StartSite,
} from '../adapter-site.js'

export const startNode: StartSite = async (site) => {
  const listeners = site.routes.map((route) => [route, listenerOf(site, route)] as const)
  function route(req: IncomingMessage, res: ServerResponse): unknown {
    for (const [{ method = 'get', path, mount = '' }, listener] of listeners) {
      const isHere = matched(mount + path, req.url ?? '') !== undefined
      const isSame = method === 'post' ? req.method === 'POST' : req.method !== 'POST'
      if (isHere && isSame) return listener(req, res)
    }
    res.statusCode = 404
    return res.end('none')
  }
  const all = site.everywhere === true ? cached(site.cache, route) : route
  const server = createServer((req, res) => {
    for (const [name, value] of Object.entries(site.stamp?.(String(req.headers['x-client'])) ?? {}))
      res.setHeader(name, value)
    Promise.resolve()
      .then(() => all(req, res))
      .catch(() => {
        if (!res.headersSent) res.statusCode = 500
        res.end()
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, close }
}

function listenerOf(site: Site, { policy, path, mount = '', handle }: SiteRoute): NodeHandler {
  const handler: NodeHandler = (req, res) => handle(handling(req, res, mount + path))
  if (policy === undefined) return handler
  if (policy === 'fields') return cached(site.cache, handler)
  const param = (req: IncomingMessage, name: string) =>
    matched(mount + path, req.url ?? '')?.[name] ?? ''
  const header = (req: IncomingMessage, name: string) => req.headers[name] as string | undefined
  return cached(site.cache, policyFor<IncomingMessage>(policy, { param, header }), handler)
}

/** The parameters of a path, if it has this pattern. */
function matched(pattern: string, url: string): Record<string, string> | undefined {
  const text = pattern.replace(/:(\w+)/g, '(?<$1>[^/]+)')
  const match = new RegExp(`^${text}$`).exec(url.split('?', 1)[0] ?? '')
  return match === null ? undefined : { ...match.groups }
}

function handling(req: IncomingMessage, res: ServerResponse, pattern: string): Handling {
  const send = (status: number, body: string | Uint8Array | undefined, type: string): void => {
    res.statusCode = status
    if (!res.hasHeader('content-type') && body !== undefined) res.setHeader('content-type', type)
    res.end(body)
  }
  return {
    header: (name) => req.headers[name] as string | undefined,
    everything: () => JSON.stringify([req.headers, req.rawHeaders, req.headersDistinct]),
    url: () => req.url ?? '',
    query: (name) =>
      new URLSearchParams((req.url ?? '').split('?')[1] ?? '').get(name) ?? undefined,
    cookie: (name) => new RegExp(`(?:^|; )${name}=([^;]*)`).exec(req.headers.cookie ?? '')?.[1],
    param: (name) => matched(pattern, req.url ?? '')?.[name] ?? '',
    method: () => req.method ?? '',
    set: (name, value) => res.setHeader(name, value),
    send: (status, body) => send(status, body, 'text/plain'),
    json: (value) => send(200, JSON.stringify(value), 'application/json'),
    stream: (pieces) =>
      Readable.from(pieces)
        .on('error', () => res.destroy())
        .pipe(res),
    file: (path) => createReadStream(path).pipe(res),
    redirect: (status, to) => res.writeHead(status, { location: to }).end(),
    onLeft: (fn) => res.on('close', () => res.writableFinished || fn()),
    raw: { req, res },
  }
}
