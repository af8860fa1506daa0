import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { AddressInfo } from 'node:net'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { type CachedRequest, strataCache } from '../../../src/adapter/fastify.js'
import { type Handling, policyFor, type SiteRoute, type StartSite } from '../adapter-site.js'

export const startFastify: StartSite = async (site) => {
  const app = fastify({ forceCloseConnections: true })
  await app.register(cookie)
  if (site.compress === 'before') await app.register(compress, { threshold: 0 })
  const { stamp } = site
  if (stamp !== undefined) {
    app.addHook('onRequest', (request, reply, done) => {
      void reply.headers(stamp(String(request.headers['x-client'] ?? '')))
      done()
    })
  }
  const routes = site.everywhere === true ? 'all' : 'configured'
  await app.register(strataCache, { cache: site.cache, routes })
  for (const route of site.routes) await add(app, route)
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: () => app.close() }
}

async function add(app: FastifyInstance, route: SiteRoute): Promise<void> {
  const { policy, method = 'get', path, mount } = route
  const param = (c: CachedRequest, name: string) => c.params[name] ?? ''
  const header = (c: CachedRequest, name: string) => c.headers[name] as string | undefined
  const cache =
    policy === 'fields' || policy === undefined
      ? policy === 'fields'
      : policyFor<CachedRequest>(policy, { param, header })
  const config = policy === undefined ? {} : { cache }
  const addTo = (instance: FastifyInstance) =>
    instance[method](path, { config }, (request, reply) => route.handle(handling(request, reply)))
  if (mount === undefined) addTo(app)
  else
    await app.register(
      (instance, _options, done) => {
        addTo(instance)
        done()
      },
      { prefix: mount },
    )
}

function handling(request: FastifyRequest, reply: FastifyReply): Handling {
  return {
    header: (name) => request.headers[name] as string | undefined,
    everything: () => JSON.stringify([request.headers, request.raw.rawHeaders]),
    url: () => `${request.url} ${request.originalUrl} ${request.raw.url}`,
    query: (name) => (request.query as Record<string, unknown>)[name],
    cookie: (name) => request.cookies[name],
    param: (name) => (request.params as Record<string, string>)[name] ?? '',
    method: () => request.method,
    set: (name, value) => void reply.header(name, value),
    send: (status, body) => reply.code(status).send(body),
    json: (value) => reply.send(value),
    stream: (pieces) => reply.send(Readable.from(pieces)),
    file: (path) => reply.send(createReadStream(path)),
    redirect: (status, to) => reply.redirect(to, status),
    onLeft: (fn) => reply.raw.on('close', () => reply.raw.writableFinished || fn()),
    raw: { req: request.raw, res: reply.raw },
  }
}
