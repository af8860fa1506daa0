import cluster from 'node:cluster'
import type { NativeConfig } from '../native/contract.js'
import type { ServerSettings } from './settings.js'

/** Requests that are given to handlers and not answered; beyond: 503. */
const PENDING = 10_000

/** Requests that wait for another's answer, for one key. */
const WAITERS = 1_000

let fronts = 0

/** Of a front of its own: their numbers keep the keys of several apart that share a store. */
export function nativeConfig({ port, limits, timeouts }: ServerSettings, ip: string): NativeConfig {
  return {
    front: fronts++,
    ip,
    port,
    // a worker of a cluster is one of several processes on the port, and of about as many as there are cores
    sharesPort: cluster.isWorker,
    threads: cluster.isWorker ? 1 : 0,
    headerBytes: limits.headerBytes,
    headerFields: limits.headerFields,
    connections: limits.connections,
    pending: PENDING,
    waiters: WAITERS,
    headerTimeout: Math.ceil(timeouts.header),
    idleTimeout: Math.ceil(timeouts.idle),
    requestTimeout: Math.ceil(timeouts.request),
    bodyTimeout: Math.ceil(timeouts.body),
    writeTimeout: Math.ceil(timeouts.write),
    handlerTimeout: timeouts.handler === Infinity ? 0 : Math.ceil(timeouts.handler),
  }
}
