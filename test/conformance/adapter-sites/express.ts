import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import express, { type Express, type Request, type RequestHandler, type Response } from 'express'
import express4 from 'express4'
import { cached } from '../../../src/adapter/express.js'
import {
  policyFor,
  type Handling,
  type Site,
  type SiteRoute,
  type StartSite,
} from '../adapter-site.js'

type Framework = typeof express

export const startExpress5: StartSite = starting(express)
export const startExpress4: StartSite = starting(express4)

function starting(framework: Framework): StartSite {
  return async (site) => {
    const app = framework()
    app.set('env', 'test')
    app.use(cookieParser())
    if (site.compress === 'before') app.use(compression({ threshold: 0 }))
    if (site.stamp !== undefined) app.use(stamping(site.stamp))
    if (site.everywhere === true) app.use(cached(site.cache))
    for (const route of site.routes) add(framework, app, site, route)
    const server = app.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const close = async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
    return { port: (server.address() as AddressInfo).port, close }
  }
}

function stamping(stamp: NonNullable<Site['stamp']>): RequestHandler {
  return (req, res, next) => {
    res.set(stamp(req.get('x-client') ?? ''))
    next()
  }
}

function add(framework: Framework, app: Express, site: Site, route: SiteRoute): void {
  const router = framework.Router()
  const handlers: RequestHandler[] = []
  const { policy, method = 'get', mount } = route
  if (policy === 'fields') handlers.push(cached(site.cache))
  else if (policy !== undefined) {
    const param = (req: Request, name: string) => String(req.params[name])
    const header = (req: Request, name: string) => req.get(name)
    handlers.push(cached(site.cache, policyFor<Request>(policy, { param, header })))
  }
  if (site.compress === 'after') handlers.push(compression({ threshold: 0 }))
  handlers.push((req, res, next) => route.handle(handling(req, res, next)))
  if (mount === undefined) app[method](route.path, ...handlers)
  else {
    router[method](route.path, ...handlers)
    app.use(mount, router)
  }
}

function handling(req: Request, res: Response, next: (error: Error) => void): Handling {
  return {
    header: (name) => req.get(name),
    everything: () => JSON.stringify([req.headers, req.rawHeaders, req.headersDistinct]),
    url: () => `${req.originalUrl} ${req.url}`,
    query: (name) => req.query[name],
    cookie: (name) => (req.cookies as Record<string, string>)[name],
    param: (name) => String(req.params[name]),
    method: () => req.method,
    set: (name, value) => void res.set(name, value as string),
    send: (status, body) => {
      res.status(status)
      if (body === undefined) res.end()
      else if (typeof body === 'string') res.send(body)
      else res.end(body)
    },
    json: (value) => res.json(value),
    stream: (pieces) =>
      Readable.from(pieces)
        .on('error', () => res.destroy())
        .pipe(res),
    file: (path) => res.sendFile(path),
    redirect: (status, to) => res.redirect(status, to),
    onLeft: (fn) => res.on('close', () => res.writableFinished || fn()),
    pass: next,
    raw: { req, res },
  }
}
