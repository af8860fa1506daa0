import 'reflect-metadata'
import { createReadStream } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import fastifyCompress from '@fastify/compress'
import fastifyCookie from '@fastify/cookie'
import {
  Controller,
  Get,
  Module,
  Post,
  Req,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter, type NestExpressApplication } from '@nestjs/platform-express'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import compression from 'compression'
import cookieParser from 'cookie-parser'
import type { Request, Response } from 'express'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { cached, type NestRequest } from '../../../src/adapter/nest.js'
import {
  type Handling,
  policyFor,
  type RunningSite,
  type Site,
  type SiteRoute,
} from '../adapter-site.js'

export async function startOnExpress(site: Site): Promise<RunningSite> {
  const app = await NestFactory.create<NestExpressApplication>(
    moduleOf(site, onExpress),
    new ExpressAdapter(),
    { logger: false, forceCloseConnections: true },
  )
  app.use(cookieParser())
  if (site.compress === 'before') app.use(compression({ threshold: 0 }))
  app.use((req: Request, res: Response, next: () => void) => {
    res.set(site.stamp?.(req.get('x-client') ?? ''))
    next()
  })
  if (site.everywhere === true) app.useGlobalInterceptors(cached(site.cache))
  await app.listen(0, '127.0.0.1')
  const server = app.getHttpServer()
  return { port: (server.address() as AddressInfo).port, close: () => app.close() }
}

export async function startOnFastify(site: Site): Promise<RunningSite> {
  const app = await NestFactory.create<NestFastifyApplication>(
    moduleOf(site, onFastify),
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false },
  )
  const instance = app.getHttpAdapter().getInstance()
  await app.register(fastifyCookie)
  if (site.compress === 'before') await app.register(fastifyCompress, { threshold: 0 })
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers(site.stamp?.(String(request.headers['x-client'] ?? '')) ?? {})
    done()
  })
  if (site.everywhere === true) app.useGlobalInterceptors(cached(site.cache))
  await app.listen(0, '127.0.0.1')
  return { port: (instance.server.address() as AddressInfo).port, close: () => app.close() }
}

type Made = Handling & { isTaken: boolean }

/** A controller with a method for each route, as decorators write it. */
function moduleOf(site: Site, made: (request: never, response: never) => Made): new () => object {
  const Pages = newClass()
  site.routes.forEach((route, i) => {
    const name = `route${i}`
    const method = async (request: never, response: never): Promise<unknown> => {
      const h = made(request, response)
      const result = await route.handle(h)
      return h.isTaken ? await new Promise(() => undefined) : result
    }
    Object.defineProperty(Pages.prototype, name, { value: method, configurable: true })
    const descriptor = Object.getOwnPropertyDescriptor(Pages.prototype, name)!
    Reflect.defineMetadata('design:paramtypes', [Object, Object], Pages.prototype, name)
    Req()(Pages.prototype, name, 0)
    Res({ passthrough: true })(Pages.prototype, name, 1)
    const route_ = route.method === 'post' ? Post : Get
    route_((route.mount ?? '') + route.path)(Pages.prototype, name, descriptor)
    const interceptor = interceptorOf(site, route)
    if (interceptor !== undefined) UseInterceptors(interceptor)(Pages.prototype, name, descriptor)
  })
  Controller()(Pages)
  const Application = newClass()
  Module({ controllers: [Pages] })(Application)
  return Application
}

function newClass(): new () => object {
  return function Made(): void {} as unknown as new () => object
}

function interceptorOf(site: Site, { policy }: SiteRoute) {
  if (policy === undefined) return undefined
  if (policy === 'fields') return cached(site.cache)
  const param = (c: NestRequest, name: string) => c.params[name] ?? ''
  const header = (c: NestRequest, name: string) => c.headers[name] as string | undefined
  return cached(site.cache, policyFor<NestRequest>(policy, { param, header }))
}

function onExpress(req: Request, res: Response): Made {
  return {
    isTaken: false,
    header: (name) => req.get(name),
    everything: () => JSON.stringify([req.headers, req.rawHeaders]),
    url: () => `${req.originalUrl} ${req.url}`,
    query: (name) => req.query[name],
    cookie: (name) => (req.cookies as Record<string, string>)[name],
    param: (name) => String(req.params[name]),
    method: () => req.method,
    set: (name, value) => void res.set(name, value as string),
    send: (status, body) => {
      res.status(status)
      return typeof body === 'object' ? new StreamableFile(body) : body
    },
    json: (value) => value,
    stream: (pieces) => streamable(Readable.from(pieces), () => res.destroy()),
    file: (path) => streamable(createReadStream(path)),
    redirect(status, to) {
      this.isTaken = true
      res.redirect(status, to)
    },
    onLeft: (fn) => res.on('close', () => res.writableFinished || fn()),
    get raw() {
      this.isTaken = true
      return { req, res }
    },
  }
}

function onFastify(request: FastifyRequest, reply: FastifyReply): Made {
  return {
    isTaken: false,
    header: (name) => request.headers[name] as string | undefined,
    everything: () => JSON.stringify([request.headers, request.raw.rawHeaders]),
    url: () => `${request.url} ${request.originalUrl}`,
    query: (name) => (request.query as Record<string, unknown>)[name],
    cookie: (name) => request.cookies[name],
    param: (name) => (request.params as Record<string, string>)[name] ?? '',
    method: () => request.method,
    set: (name, value) => void reply.header(name, value),
    send: (status, body) => {
      void reply.status(status)
      return typeof body === 'object' ? new StreamableFile(body) : body
    },
    json: (value) => value,
    stream: (pieces) => new StreamableFile(Readable.from(pieces)),
    file: (path) => new StreamableFile(createReadStream(path)),
    redirect(status, to) {
      this.isTaken = true
      void reply.redirect(to, status)
    },
    onLeft: (fn) => reply.raw.on('close', () => reply.raw.writableFinished || fn()),
    get raw() {
      this.isTaken = true
      return { req: request.raw, res: reply.raw }
    },
  }
}

/** Nest leaves the connection open when a stream fails in the middle. */
function streamable(stream: Readable, onError?: () => void): StreamableFile {
  const file = new StreamableFile(stream)
  if (onError !== undefined) file.setErrorHandler(onError)
  return file
}
