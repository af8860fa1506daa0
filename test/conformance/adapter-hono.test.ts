import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { getCookie } from 'hono/cookie'
import { cached } from '../../src/adapter/hono.js'
import { type Handling, policyFor, type Site, type SiteRoute } from './adapter-site.js'
import { runAdapterSuite } from './adapter-suite.js'

const NO_RESPONSE_OBJECT = "Hono's handlers return their response"

runAdapterSuite(
  'Hono',
  async (site) => {
    const app = new Hono()
    app.onError((error, c) => c.text(error.message, 500))
    if (site.compress === 'before') app.use(compress({ threshold: 0 }))
    if (site.stamp !== undefined) app.use(stamping(site.stamp))
    if (site.everywhere === true) app.use(cached(site.cache))
    for (const route of site.routes) add(app, site, route)
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server
    await new Promise((resolve) => server.once('listening', resolve))
    const close = async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    return { port: (server.address() as AddressInfo).port, close }
  },
  {
    'after the answer the request is whole again': 'the handler has a context of its own',
    'an error that is handed on is the framework’s to answer': 'errors are thrown',
    'writeHead with an object': NO_RESPONSE_OBJECT,
    'writeHead with a reason and an object': NO_RESPONSE_OBJECT,
    'writeHead with a flat array': NO_RESPONSE_OBJECT,
    'setHeader, appendHeader and an end': NO_RESPONSE_OBJECT,
    'writeHead, then pieces': NO_RESPONSE_OBJECT,
    'pieces in codings, and an end with a piece': NO_RESPONSE_OBJECT,
    'flushHeaders sends the head before there is a body': NO_RESPONSE_OBJECT,
    'what is written after the end goes nowhere': NO_RESPONSE_OBJECT,
    'the response tells how far it is, as it always does': NO_RESPONSE_OBJECT,
    'finish and the callbacks of write and end are called': NO_RESPONSE_OBJECT,
    'write tells a handler to wait, and drain to go on': NO_RESPONSE_OBJECT,
    'destroying it breaks the connection and nothing is stored': NO_RESPONSE_OBJECT,
  },
)

function stamping(stamp: NonNullable<Site['stamp']>): MiddlewareHandler {
  return async (c, next) => {
    for (const [name, value] of Object.entries(stamp(c.req.header('x-client') ?? '')))
      c.header(name, value)
    await next()
  }
}

function add(app: Hono, site: Site, route: SiteRoute): void {
  const { policy, method = 'get', mount } = route
  const target = new Hono()
  const handlers: MiddlewareHandler[] = []
  if (policy === 'fields') handlers.push(cached(site.cache))
  else if (policy !== undefined) {
    const param = (c: Context, name: string) => c.req.param(name) ?? ''
    const header = (c: Context, name: string) => c.req.header(name)
    handlers.push(cached(site.cache, policyFor<Context>(policy, { param, header })))
  }
  if (site.compress === 'after') handlers.push(compress({ threshold: 0 }))
  handlers.push(async (c) => (await route.handle(handling(c))) as Response)
  const router = mount === undefined ? app : target
  router.on(method.toUpperCase(), [route.path], ...handlers)
  if (mount !== undefined) app.route(mount, target)
}

function handling(c: Context): Handling {
  return {
    header: (name) => c.req.header(name),
    everything: () => JSON.stringify([c.req.header(), [...c.req.raw.headers]]),
    url: () => `${c.req.path} ${c.req.url}`,
    query: (name) => c.req.query(name),
    cookie: (name) => getCookie(c, name),
    param: (name) => c.req.param(name) ?? '',
    method: () => c.req.method,
    set: (name, value) => {
      for (const line of [value].flat()) c.header(name, line, { append: true })
    },
    send: (status, body) => {
      if (body === undefined) return c.body(null, status as 200)
      return typeof body === 'string'
        ? c.text(body, status as 200)
        : c.body(body as Uint8Array<ArrayBuffer>, status as 200)
    },
    json: (value) => c.json(value as object),
    stream: (pieces) => c.body(Readable.toWeb(Readable.from(pieces)) as ReadableStream),
    file: (path) => c.body(Readable.toWeb(createReadStream(path)) as ReadableStream),
    redirect: (status, to) => c.redirect(to, status as 301),
    onLeft: (fn) => c.req.raw.signal.addEventListener('abort', fn),
  }
}
