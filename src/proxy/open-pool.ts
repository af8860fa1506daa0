// oxlint-disable-next-line typescript/triple-slash-reference -- whoever compiles this file from another project has to find them
/// <reference path="./undici-parts.d.ts" />
import { isIP, type Socket } from 'node:net'
import type { buildConnector, Pool } from 'undici'
import type { OriginSettings } from './origin-settings.js'
import type { Received } from './retry.js'

type Connector = ReturnType<typeof buildConnector>

/**
 * Connections to an origin. undici is loaded here, when there is an origin, and of it only this: its own index makes itself
 * the dispatcher of the global `fetch`. These paths are those of the exact version that package.json names.
 */
export async function openPool(settings: OriginSettings, received: Received): Promise<Pool> {
  const [{ default: UndiciPool }, { default: connectorOf }] = await Promise.all([
    import('undici/lib/dispatcher/pool.js'),
    import('undici/lib/core/connect.js'),
  ])
  const { url, connections, headerBytes, timeouts, tls } = settings
  const connect = connectorOf({ ...tls, timeout: timeouts.connect } as Parameters<
    typeof connectorOf
  >[0])
  return new UndiciPool(url.origin, {
    connections,
    connect: watched(connect, serverNameOf(settings), received),
    maxHeaderSize: headerBytes,
    headersTimeout: timeouts.headers,
    bodyTimeout: timeouts.body,
    keepAliveTimeout: timeouts.idle,
    keepAliveMaxTimeout: Math.max(timeouts.idle, 1),
    pipelining: 1,
  })
}

/** Connections whose failures say how much had been received before. */
function watched(
  connect: Connector,
  servername: string | undefined,
  received: Received,
): Connector {
  return (options, callback) => {
    // by itself undici would ask for the name in Host, which is the client's to choose
    const named = { ...options }
    delete named.servername
    if (servername !== undefined) named.servername = servername
    connect(named, (...result) => {
      // without a socket its place is empty, whatever the type says
      const socket = result[1] as Socket | null | undefined
      socket?.on('error', (error) => received.set(error, socket.bytesRead))
      callback(...result)
    })
  }
}

/** No name is asked for where the origin is an address (RFC 6066 section 3). */
function serverNameOf({ url, tls }: OriginSettings): string | undefined {
  if (tls.servername !== undefined) return tls.servername
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return isIP(host) === 0 ? host : undefined
}
