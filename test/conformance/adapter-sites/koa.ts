import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import Koa, { type Context, type Middleware } from 'koa'
import Router from '@koa/router'
import compress from 'koa-compress'
import { cached } from '../../../src/adapter/koa.js'
import {
  type Handling,
  policyFor,
  type Site,
  type SiteRoute,
  type StartSite,
} from '../adapter-site.js'

export const startKoa: StartSite = async (site) => {
  const app = new Koa()
  app.silent = true
  if (site.compress === 'before') app.use(compress({ threshold: 0, br: false }))
  if (site.stamp !== undefined) app.use(stamping(site.stamp))
  if (site.everywhere === true) app.use(cached(site.cache))
  for (const route of site.routes) add(app, site, route)
  const server = app.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port: (server.address() as AddressInfo).port, close }
}

function stamping(stamp: NonNullable<Site['stamp']>): Middleware {
  return async (ctx, next) => {
    ctx.set(stamp(ctx.get('x-client')))
    await next()
  }
}

interface Params {
  readonly params: Readonly<Record<string, string>>
}

function add(app: Koa, site: Site, route: SiteRoute): void {
  const { policy, method = 'get', mount, path } = route
  const router = new Router(mount === undefined ? {} : { prefix: mount })
  const handlers: Middleware[] = []
  if (policy === 'fields') handlers.push(cached(site.cache))
  else if (policy !== undefined) {
    const param = (c: Context, name: string) => (c as unknown as Params).params[name] ?? ''
    const header = (c: Context, name: string) => c.get(name)
    handlers.push(cached(site.cache, policyFor<Context>(policy, { param, header })))
  }
  if (site.compress === 'after') handlers.push(compress({ threshold: 0, br: false }))
  handlers.push(async (ctx) => {
    await route.handle(handling(ctx))
  })
  router.register(path, [method], handlers as never)
  app.use(router.routes() as unknown as Middleware)
}

function handling(ctx: Context): Handling {
  const { req, res } = ctx
  return {
    header: (name) => ctx.headers[name] as string | undefined,
    everything: () => JSON.stringify([ctx.headers, ctx.req.headers, ctx.req.rawHeaders]),
    url: () => `${ctx.originalUrl} ${ctx.url} ${ctx.req.url} ${ctx.URL.href}`,
    query: (name) => ctx.query[name],
    cookie: (name) => ctx.cookies.get(name),
    param: (name) => (ctx as unknown as Params).params[name] ?? '',
    method: () => ctx.method,
    set: (name, value) => ctx.set(name, value as string),
    send: (status, body) => {
      ctx.status = status
      if (body === undefined) ctx.body = null
      else ctx.body = typeof body === 'string' ? body : Buffer.from(body)
      ctx.status = status
    },
    json: (value) => (ctx.body = value),
    stream: (pieces) => (ctx.body = Readable.from(pieces)),
    file: (path) => (ctx.body = createReadStream(path)),
    redirect: (status, to) => {
      ctx.status = status
      ctx.redirect(to)
    },
    onLeft: (fn) => res.on('close', () => res.writableFinished || fn()),
    get raw() {
      ctx.respond = false
      ctx.res.statusCode = 200
      return { req, res }
    },
  }
}
