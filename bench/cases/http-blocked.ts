import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import { peersNamed } from '../http/peers/all.js'
import { posts } from '../http/posts.js'

const trial: HttpTrial = {
  ...posts,
  isCached: true,
  loads: { rate: { connections: 64, ms: 3_000, rate: 2_000 } },
  isBlocked: true,
}

const NAMES = [
  'C epoll',
  'nginx proxy_cache',
  'Varnish',
  'strata native',
  'strata TypeScript',
  'node:http',
  'uWebSockets.js + lru-cache',
  'brahma-firelight',
  'Fastify + lru-cache',
]

export const benchmark: Case = {
  name: 'http-blocked',
  title: 'a cached route while JavaScript computes',
  about:
    'As in http-hit at 2,000 requests/s, while the thread of JavaScript computes for 300 ms of each second: that of the server, or of what stands behind nginx and Varnish and beside the server in C, all on one core. Times (ms) count from when a request was due.',
  columns: [
    { key: 'rate.p50', title: 'p50', digits: 2 },
    {
      key: 'rate.p99',
      title: 'p99',
      digits: 2,
      against: ['nginx proxy_cache', 'node:http'],
      as: 'cost',
    },
    { key: 'rate.max', title: 'max', digits: 1 },
  ],
  contestants: peersNamed(...NAMES).map((peer) => httpContestant(peer, trial)),
  bars: [
    { ...bar('nginx proxy_cache'), floor: 1.5 },
    { ...bar('node:http'), floor: 0.05 },
  ],
  rounds: { full: 7, quick: 2, warmups: 1 },
}

function bar(against: string) {
  const what = `times the p99 of ${against}`
  return { contestant: 'strata native', column: 'rate.p99', what, against }
}
