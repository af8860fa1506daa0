import client, { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Cache } from '../cache/cache.js'
import type { Server } from '../server/server.js'
import type { ServerStats } from '../server/server-stats.js'
import { promMetrics } from '../telemetry/prometheus.js'

export type Listeners = Readonly<Record<'data' | 'admin', Server>>

/** Metrics of a service in a registry of its own: of its cache, its listeners and its process. */
export function serviceMetrics(cache: Cache, listeners: Listeners): Registry {
  const registry = new Registry()
  promMetrics([cache], { registry, client })
  collectDefaultMetrics({ register: registry })
  counter(registry, listeners, 'requests', 'Requests that were routed')
  counter(
    registry,
    listeners,
    'hits',
    'Requests answered from kept responses by the native listener',
  )
  counter(registry, listeners, 'errors', 'Requests answered with 500')
  counter(registry, listeners, 'timeouts', 'Requests answered with 504')
  counter(registry, listeners, 'refused', 'Messages refused before they were routed')
  counter(registry, listeners, 'aborted', 'Clients that went away before they were answered')
  gauge(registry, listeners, 'connections', 'Connections that are open')
  gauge(registry, listeners, 'running', 'Requests that are being answered')
  return registry
}

function counter(
  registry: Registry,
  listeners: Listeners,
  what: keyof ServerStats,
  help: string,
): void {
  void new Counter({
    name: `strata_http_${what}_total`,
    help,
    labelNames: ['listener'] as const,
    registers: [registry],
    collect() {
      this.reset()
      for (const [listener, server] of Object.entries(listeners)) {
        this.inc({ listener }, server.stats()[what])
      }
    },
  })
}

function gauge(
  registry: Registry,
  listeners: Listeners,
  what: keyof ServerStats,
  help: string,
): void {
  void new Gauge({
    name: `strata_http_${what}`,
    help,
    labelNames: ['listener'] as const,
    registers: [registry],
    collect() {
      for (const [listener, server] of Object.entries(listeners)) {
        this.set({ listener }, server.stats()[what])
      }
    },
  })
}
