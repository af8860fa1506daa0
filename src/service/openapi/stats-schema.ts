import type { Schema } from './model.js'
import { closed, flag, instant, text, whole } from './schema-parts.js'

const latency: Schema = closed(
  {
    count: whole,
    p50: { type: 'number' },
    p90: { type: 'number' },
    p99: { type: 'number' },
    max: { type: 'number' },
  },
  ['count', 'p50', 'p90', 'p99', 'max'],
)

const reads: Schema = {
  type: 'object',
  description: 'Counts by outcome, and by the tier that the value came from.',
  additionalProperties: { type: 'object', additionalProperties: whole },
}

const namespaceStats = closed(
  {
    namespace: text,
    name: text,
    reads,
    lastMinute: { ...reads, description: 'Those of `reads` that were in the last minute.' },
    loads: whole,
    loadFailures: whole,
    revoked: whole,
    recordFaults: whole,
  },
  ['namespace', 'reads', 'lastMinute', 'loads', 'loadFailures', 'revoked', 'recordFaults'],
)

export const redisState: Schema = { enum: ['none', 'connecting', 'ready', 'unavailable'] }

const redis = closed({ state: redisState, breaker: { enum: ['closed', 'open', 'half-open'] } }, [
  'state',
])

export const bus: Schema = closed(
  {
    transport: text,
    coherent: flag,
    epoch: whole,
    lastProofAt: instant,
    lag: { type: 'number' },
    reason: text,
  },
  ['transport', 'coherent', 'epoch'],
)

export const queue: Schema = closed({ depth: whole }, ['depth'])

const memory = closed(
  { entries: whole, bytes: whole, maxEntries: whole, maxBytes: whole, rss: whole, heapUsed: whole },
  ['entries', 'bytes', 'rss', 'heapUsed'],
)

const hotKey = closed(
  {
    namespace: text,
    name: text,
    url: text,
    key: text,
    reads: whole,
    error: whole,
    rate: { type: 'number' },
  },
  ['namespace', 'key', 'reads', 'error', 'rate'],
)

const slowLoad = closed(
  {
    namespace: text,
    name: text,
    url: text,
    key: text,
    ms: { type: 'number' },
    at: instant,
    failed: flag,
  },
  ['namespace', 'key', 'ms', 'at', 'failed'],
)

/** Of `GET /stats`, and of each event of `GET /events`. */
export const stats: Schema = closed(
  {
    version: text,
    at: instant,
    uptime: { type: 'number', description: 'Seconds.' },
    native: flag,
    namespaces: { type: 'array', items: namespaceStats },
    lastMinuteSeconds: { type: 'number', description: 'What `lastMinute` covers.' },
    redis,
    bus,
    queue,
    memory,
    tierErrors: { type: 'object', additionalProperties: whole },
    latency: closed({ loads: latency, requests: latency }, []),
    hotKeys: { type: 'array', items: hotKey },
    slowLoads: { type: 'array', items: slowLoad },
  },
  [
    'version',
    'at',
    'uptime',
    'native',
    'namespaces',
    'lastMinuteSeconds',
    'redis',
    'bus',
    'queue',
    'memory',
    'latency',
    'hotKeys',
    'slowLoads',
  ],
)
