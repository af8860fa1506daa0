import type { Figures } from './figures.js'
import type { SummaryRow } from './summary.js'

/** The cache by itself. */
export const CACHE_ROWS: readonly SummaryRow[] = [
  {
    what: 'awaited hit in memory, `cache.get(key, load)`',
    from: 'l1-hit',
    strata: (of) =>
      `${of.ratio('strata', 'ns', 'lru-cache')} of its speed; ${of.ratio('strata + Redis', 'ns', 'lru-cache')} with Redis and the bus beside it`,
    against: () => 'a bare awaited `lru-cache.get`',
  },
  {
    what: 'heap per awaited hit',
    from: 'heap-per-hit',
    strata: (of) =>
      `${of.value('strata', 'bytes', 0)} bytes; ${of.value('strata + Redis', 'bytes', 0)} with Redis and the bus beside it`,
    against: (of) =>
      `an awaited \`Map\` of promises: ${of.value('Map of promises', 'bytes', 0)} bytes`,
  },
  {
    what: 'hit of `memo`',
    from: 'memo',
    strata: (of) =>
      `${of.ratio('strata memo', 'ns', 'lru-cache')} times its time; ${of.ratio('strata memo', 'ns', 'lru-cache ttl')} times that with a ttl`,
    against: () => 'a bare `lru-cache.get`',
  },
  {
    what: 'hit in Redis, 256 at once',
    from: 'l2-hit',
    strata: (of) =>
      `${of.ratio('strata', 'rate256', 'auto-pipelined GET')} of its rate, ${of.ratio('strata', 'cpu256', 'auto-pipelined GET')} times its processor time`,
    against: () => 'auto-pipelined ioredis `GET` and msgpackr',
  },
  {
    what: '100 keys in one call, in Redis',
    from: 'get-many',
    strata: (of) => `${of.value('strata', 'l2')} us`,
    against: (of) => `${peers(of, of.others)}: ${of.range(of.others, 'l2')} us`,
  },
  {
    what: 'memory per entry, a million of 400 bytes',
    from: 'memory-per-entry',
    strata: (of) =>
      `${of.ratio('strata', 'large', 'lru-cache')} times; ${of.ratio('strata', 'largeRead', 'lru-cache')} after each was read`,
    against: () => '`lru-cache({ max })`',
  },
  {
    what: 'hits of a Zipf trace with scans, room for a twentieth of the keys',
    from: 'hit-ratio',
    strata: (of) => `${of.value('strata', 'ratio')} %`,
    against: (of) => `${peers(of, of.others)}: ${of.range(of.others, 'ratio')} %`,
  },
  {
    what: 'cold key, 4 processes with 1,000 callers each',
    from: 'cold-key-processes',
    strata: (of) => `loads: ${of.value('strata (both)', 'loads')}`,
    against: (of) => `${peers(of, of.others)}, loads: ${of.range(of.others, 'loads')}`,
  },
  {
    what: 'a miss with the lease, 64 at once',
    from: 'lease-cost',
    strata: (of) => `${of.ratio('strata', 'rate', 'strata, no lease')} of its rate`,
    against: () => 'the same without a lease',
  },
  {
    what: 'from a `delete` to the drop in 1, 8, 32 other processes',
    from: 'propagation',
    strata: (of) => {
      const list = (key: string): string =>
        ['1 process', '8 processes', '32 processes'].map((name) => of.value(name, key)).join(', ')
      return `p50 ${list('after50')} ms; p99 ${list('after99')} ms`
    },
    against: () => '',
  },
  {
    what: 'heartbeats of 100 idle caches',
    from: 'heartbeat-cost',
    strata: (of) =>
      `${of.value('100 caches', 'hundred', 1)} % of a core of Redis, ${of.value('100 caches', 'network', 0)} kB/s`,
    against: () => '',
  },
  {
    what: 'Redis frozen, a cold key, a loader of 5 ms',
    from: 'outage',
    strata: (of) =>
      `${of.value('strata', 'frozen', 0)} ms the first time, then ${of.value('strata', 'frozenLater', 0)} ms`,
    against: (of) => {
      const asTheyCome = of.others.filter((name) => !name.includes(', client'))
      return `${peers(of, asTheyCome)} as they come: ${of.range(asTheyCome, 'frozen', 0, ' ms')}`
    },
  },
  {
    what: '200 hot keys, 2,000 requests/s, Redis frozen',
    from: 'outage-load',
    strata: (of) =>
      `errors: ${of.value('strata', 'errors')}; p99 ${of.value('strata', 'during99')} ms; queries asked for at once: ${of.value('strata', 'asked')}`,
    against: (of) => `p99 before: ${of.value('strata', 'before99')} ms`,
  },
]

/** Strata's server with its native listener, and the service. */
export const SERVER_ROWS: readonly SummaryRow[] = [
  {
    what: 'cached route, processor time of a hit, 1 kB',
    from: 'http-hit',
    strata: (of) =>
      `${listed(['nginx proxy_cache', 'C epoll', 'Fastify + lru-cache'], (name) => of.ratio('strata native', 'busy.cpu', name))} times`,
    against: () => 'nginx `proxy_cache`, a minimal server in C, Fastify + `lru-cache`',
  },
  {
    what: 'the same while JavaScript computes for 300 ms of each second',
    from: 'http-blocked',
    strata: (of) => `p99 ${of.value('strata native', 'rate.p99')} ms`,
    against: (of) =>
      `nginx ${of.value('nginx proxy_cache', 'rate.p99')} ms, node:http ${of.value('node:http', 'rate.p99')} ms`,
  },
  {
    what: 'uncached route, 64 connections',
    from: 'http-uncached',
    strata: (of) =>
      `${of.ratio('strata native', 'many.cpu', 'node:http')} times its processor time, ${of.ratio('strata native', 'many.js', 'node:http')} times that of its JavaScript thread`,
    against: () => 'node:http',
  },
  {
    what: 'uncached route, 4 connections',
    from: 'http-uncached',
    strata: (of) => `${of.ratio('strata native', 'few.cpu', 'node:http')} times its processor time`,
    against: () => 'node:http',
  },
  {
    what: 'memory of a kept-alive connection that waits',
    from: 'http-idle',
    strata: (of) => `${of.value('strata native', 'perConnection')} KB`,
    against: (of) =>
      `node:http ${of.value('node:http', 'perConnection')} KB, nginx ${of.value('nginx proxy_cache', 'perConnection')} KB`,
  },
  {
    what: '10,000 routes',
    from: 'routes',
    strata: (of) =>
      `${of.value('strata', 'build', 0)} ms to build their table, ${of.value('strata', 'match', 0)} ns to find one`,
    against: () => '',
  },
  {
    what: 'value of the cache service, processor time of a hit, 1 kB',
    from: 'service-hit',
    strata: (of) =>
      `${listed(['nginx static', 'Redis behind Webdis'], (name) => of.ratio('strata serve', 'busy.cpu', name))} times`,
    against: () => 'nginx serving files, Redis behind Webdis',
  },
  {
    what: 'memory of the cache service per value, a million of 60 bytes',
    from: 'service-memory',
    strata: (of) => `${of.ratio('strata serve', 'each', 'Redis')} times`,
    against: () => 'Redis',
  },
]

function peers(of: Figures, names: readonly string[]): string {
  const { length } = of.measured(names)
  return `${length} peer${length === 1 ? '' : 's'}`
}

function listed(names: readonly string[], figure: (name: string) => string): string {
  return names.map(figure).join(', ')
}
