import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis'
import type { CommandClient } from './redis-client.js'
import type { ConnectionSource, RedisSettings } from './redis-settings.js'

export interface Connection {
  readonly client: CommandClient
  /** Made by us: ours to redial and to close. */
  readonly own: boolean
}

/** Milliseconds between dials. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 2_000

/** TCP keep-alive, in milliseconds: a peer that vanished without a word is found out in minutes, not hours. */
const KEEP_ALIVE = 30_000

/** The client to use. Does not dial: `RedisLink` does. */
export function connect(settings: RedisSettings, root: string): Connection {
  const { source } = settings
  if (source.kind === 'client') return { client: source.client as CommandClient, own: false }
  return { client: dialler(source, settings.connectTimeout, `strata:${root}`), own: true }
}

type DialledSource = Exclude<ConnectionSource, { kind: 'client' }>

function dialler(
  source: DialledSource,
  connectTimeout: number,
  connectionName: string,
): CommandClient {
  const rules = { connectionName, keepAlive: KEEP_ALIVE, disableClientInfo: true }
  switch (source.kind) {
    case 'url':
      // In this order ioredis lets our rules win over the URL's query; its types know the other order only.
      return client(
        new Redis({ ...rules, ...connectionRules(connectTimeout) } as never, source.url as never),
      )
    case 'options':
      return client(new Redis({ ...rules, ...source.options, ...connectionRules(connectTimeout) }))
    case 'cluster':
      return client(
        new Cluster([...source.nodes], clusterRules(source.options, rules, connectTimeout)),
      )
  }
}

/**
 * Rules of our own connection; a caller's options do not change them. What cannot be sent now fails now (no queue, no
 * retry, no resending after a cut: a command that arrives later than its caller waited may overwrite something newer).
 */
function connectionRules(connectTimeout: number): RedisOptions {
  return {
    lazyConnect: true,
    connectTimeout,
    // ioredis's own timer for a socket that does not close; it keeps the process alive for as long
    disconnectTimeout: 100,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableAutoPipelining: false,
    enableReadyCheck: true,
    monitor: false,
    commandTimeout: undefined,
    socketTimeout: undefined,
    reconnectOnError: null,
    // Of sentinels: told of a new master at once. The old one, if it lives, takes writes for ten seconds more (measured), and
    // whoever stays with it hears nothing of what is done at the new one.
    failoverDetector: true,
    retryStrategy: pauseBefore,
  }
}

function clusterRules(
  options: ClusterOptions,
  rules: RedisOptions,
  connectTimeout: number,
): ClusterOptions {
  const { retryStrategy: _, ...perNode } = connectionRules(connectTimeout)
  return {
    ...options,
    lazyConnect: true,
    // Of the whole Cluster nothing is sent while it is not ready (`RedisLink.isReady`). For one node, though, `false` means that
    // all but the first command are refused while it is dialled; and one that imports its first slot is dialled again and
    // again, since it stands in nobody's CLUSTER SLOTS: no write to that slot would come through.
    enableOfflineQueue: true,
    enableAutoPipelining: false,
    scaleReads: 'master',
    // a redirection, one more, and a node that has just gone; the rest is a later call's business
    maxRedirections: 5,
    retryDelayOnFailover: 50,
    retryDelayOnClusterDown: 50,
    retryDelayOnTryAgain: 50,
    clusterRetryStrategy: pauseBefore,
    redisOptions: { ...rules, ...options.redisOptions, ...perNode },
  }
}

/** The connection on which this process hears of invalidations: ours alone, also beside a caller's client. */
export function duplicateForBus(
  of: CommandClient,
  connectTimeout: number,
  root: string,
  elsewhere: RedisOptions = {},
): CommandClient {
  return of.duplicate({
    ...connectionRules(connectTimeout),
    ...elsewhere,
    connectionName: `strata:${root}:bus`,
    keepAlive: KEEP_ALIVE,
    disableClientInfo: true,
    // ioredis 6 would speak RESP3, where messages come in another shape
    protocol: 2,
  }) as CommandClient
}

/** To a node of a Cluster, made like the Cluster's own connection to one of them (`like`). */
export function connectToNode(
  cluster: CommandClient,
  like: CommandClient,
  address: { readonly host: string; readonly port: number },
  { connectTimeout, root }: { readonly connectTimeout: number; readonly root: string },
): CommandClient {
  const { natMap } = cluster.options as ClusterOptions
  const name = `${address.host}:${address.port}`
  const mapped = typeof natMap === 'function' ? natMap(name) : natMap?.[name]
  return duplicateForBus(like, connectTimeout, root, { ...(mapped ?? address), readOnly: false })
}

/** Doubles from 50 ms to 2 s; the random half keeps a thousand processes from dialling in step. */
export function pauseBefore(attempt: number): number {
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE)
  return Math.ceil(pause * (0.5 + Math.random() / 2))
}

/** ioredis declares overloads and command options that no single signature matches; `CommandClient` names what we use. */
function client(made: Redis | Cluster): CommandClient {
  return made as unknown as CommandClient
}
