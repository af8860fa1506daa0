import type { Cache } from '../cache/cache.js'
import { assembleCache, type RedisSource } from '../create-cache.js'
import { InvalidOptionError } from '../errors.js'
import { createServer } from '../server/create-server.js'
import type { Server } from '../server/server.js'
import type { ServerOptions } from '../server/options.js'
import { hostsOf } from './exposure.js'
import { parseOriginRules } from './origin-rules.js'
import { readOptions, type ReadOptions } from './read-options.js'
import { Service } from './service.js'
import { createLog, type ServiceLogger } from './service-log.js'
import type { ServiceOptions } from './service-options.js'
import type { ServiceSettings } from './service-settings.js'
import { RESPONSES } from './spaces.js'

export interface CreateServiceOptions extends ServiceOptions {
  /** Default: lines of JSON on stderr, by pino, from `logLevel` on. One of yours decides what it writes. */
  readonly logger?: ServiceLogger | undefined
}

/** Keys are bounded by `maxKey`, and values by `maxValue`, which may change while a cache runs: it takes the most of both. */
const MOST_KEY = 65_536
/** As msgpack a number may have more than twice the bytes that it has as JSON. */
const MOST_RECORD = '256mb'

/** A service, which listens when it is told to. Throws `InvalidOptionError`. */
export function createService(options: CreateServiceOptions = {}): Service {
  const { logger, ...said } = options
  const { settings, tokens, warnings } = readOptions(said)
  const log = logger === undefined ? createLog(settings.logLevel) : checked(logger)
  const say = (more: readonly string[]): void => {
    for (const warning of more) log.warn({}, warning)
  }
  say(warnings)
  const cache = cacheOf(settings, log)
  return new Service({
    inForce: { settings, tokens },
    cache,
    data: dataServer(settings, cache, log),
    admin: serverOf(settings, cache, log, {
      host: settings.adminHost,
      port: settings.adminPort,
      hosts: hostsOf('adminHost', settings),
    }),
    log,
    read(next): ReadOptions {
      const read = readOptions(next)
      say(read.warnings)
      return read
    },
  })
}

function checked(logger: unknown): ServiceLogger {
  const methods = (logger ?? {}) as Partial<ServiceLogger>
  const names = ['debug', 'info', 'warn', 'error'] as const
  if (names.every((name) => typeof methods[name] === 'function')) return logger as ServiceLogger
  throw new InvalidOptionError('logger', logger, "an object like pino's (debug, info, warn, error)")
}

function cacheOf(settings: ServiceSettings, log: ServiceLogger): Cache {
  const { redis, namespace, ttl, grace } = settings
  const options = {
    namespace,
    ttl,
    grace,
    memory: {
      maxEntries: settings['memory.maxEntries'],
      maxBytes: settings['memory.maxBytes'],
    },
    limits: { keyBytes: MOST_KEY },
    logger: log,
    dev: false,
    ...(redis !== undefined && { redis: redisOf(redis) }),
  }
  return assembleCache(options, { identities: true })
}

function redisOf(redis: RedisSource): RedisSource {
  if (typeof redis === 'string') return { url: redis, maxValueBytes: MOST_RECORD }
  const isOptions = ['url', 'options', 'client', 'cluster'].some((name) =>
    Object.hasOwn(redis, name),
  )
  // a Redis of ioredis has `options` as well
  return isOptions && !('duplicate' in redis) ? { maxValueBytes: MOST_RECORD, ...redis } : redis
}

/** The data API, or a proxy, whose responses are in a namespace of their own. */
function dataServer(settings: ServiceSettings, cache: Cache, log: ServiceLogger): Server {
  const { host, port, origin, proxy, rules } = settings
  const hosts = hostsOf('host', settings)
  if (origin === undefined) return serverOf(settings, cache, log, { host, port, hosts })
  return serverOf(settings, cache.namespace(RESPONSES), log, {
    host,
    port,
    hosts,
    origin,
    proxy,
    rules: parseOriginRules(rules),
  })
}

function serverOf(
  settings: ServiceSettings,
  cache: Cache,
  log: ServiceLogger,
  own: Pick<ServerOptions, 'host' | 'port' | 'hosts' | 'origin' | 'proxy' | 'rules'>,
): Server {
  return createServer({
    ...own,
    cache,
    native: settings.native,
    limits: {
      headerBytes: settings['limits.headerBytes'],
      headerFields: settings['limits.headerFields'],
      connections: settings['limits.connections'],
      bodyBytes: settings.maxValue,
      responseBytes: settings.responseBytes,
    },
    timeouts: {
      header: settings['timeouts.header'],
      idle: settings['timeouts.idle'],
      request: settings['timeouts.request'],
      body: settings['timeouts.body'],
      write: settings['timeouts.write'],
      handler: settings['timeouts.handler'],
    },
    logger: log,
  })
}
