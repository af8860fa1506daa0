export type { BodySource } from './body-source.js'
export { cached } from './cached.js'
export type { RequestEvent } from './channels.js'
export type { OriginOptions, OriginTimeouts, OriginTls } from '../proxy/origin-options.js'
export { ORIGIN_DEFAULTS } from '../proxy/defaults.js'
export { type Context } from './context.js'
export { createServer } from './create-server.js'
export { SERVER_DEFAULTS } from './defaults.js'
export type { ServerSentEvent } from './events.js'
export type { HeaderInput } from './header-input.js'
export type { ListenAddress } from './listener.js'
export type {
  Answer,
  ErrorHandler,
  FetchHandler,
  Handler,
  Middleware,
  Next,
  RouteCacheOption,
  RouteCachePolicy,
  RouteOptions,
  ServerLimits,
  ServerOptions,
  ServerTimeouts,
  UseOptions,
} from './options.js'
export type { ParamsOf } from './params.js'
export type { Reply } from './reply.js'
export type { ServerRequest } from './request.js'
export type { RouteView } from './route-view.js'
export { createRoutes, type Register, type Routes } from './routes.js'
export type { Server } from './server.js'
export type { ServerStats } from './server-stats.js'
