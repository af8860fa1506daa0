import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import type { Server } from 'node:http'
import { Readable } from 'node:stream'
import { serve } from '@hono/node-server'
import { type Context, Hono, type MiddlewareHandler } from 'hono'
import { compress } from 'hono/compress'
import { getCookie } from 'hono/cookie'
import { cached } from '../../../src/adapter/hono.js'
import {
  type Handling,
  policyFor,
  type Site,
  type SiteRoute,
  type StartSite,
} from '../adapter-site.js'

export const startHono: StartSite = async (site) => {
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
}

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
