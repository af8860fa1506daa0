import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import { cachePeers } from '../http/peers/all.js'
import { posts } from '../http/posts.js'
import { POSTS } from '../http/site.js'

const trial: HttpTrial = {
  ...posts,
  isCached: true,
  loads: {
    busy: { connections: 64, ms: 600, warm: 20 },
    rate: { connections: 64, ms: 600, rate: 2_000 },
  },
}

export const benchmark: Case = {
  name: 'http-hit',
  title: 'a cached route of a server, answered from memory',
  about: `GET /posts/:id, ${POSTS} ids, 1 kB of JSON each, with the fields that a browser sends; 64 kept-alive connections, one request at a time each; the server on one core, the load on another. cpu, js: processor time of the server, and of its thread of JavaScript alone, per request (us). p50 and p99 (ms): kept busy, then at 2,000 requests/s. load: how much of its core the load takes (%).`,
  columns: [
    {
      key: 'busy.cpu',
      title: 'cpu',
      digits: 1,
      against: ['C epoll', 'nginx proxy_cache', 'node:http', 'Fastify + lru-cache'],
      as: 'cost',
    },
    { key: 'busy.js', title: 'js', digits: 1 },
    { key: 'busy.rate', title: 'requests/s' },
    { key: 'busy.p50', title: 'p50', digits: 2 },
    { key: 'busy.p99', title: 'p99', digits: 2 },
    { key: 'busy.load', title: 'load' },
    { key: 'rate.cpu', title: '2,000/s: cpu', digits: 1 },
    { key: 'rate.p50', title: 'p50', digits: 2 },
    { key: 'rate.p99', title: 'p99', digits: 2 },
  ],
  contestants: cachePeers.map((peer) => httpContestant(peer, trial)),
  bars: [
    { ...bar('nginx proxy_cache', 'a hit of nginx'), floor: 1, aim: 0.75 },
    {
      ...bar('Fastify + lru-cache', 'Fastify with the body from an lru-cache'),
      floor: 0.4,
      aim: 0.25,
    },
    { ...bar('C epoll', 'the least that a server can do'), floor: 1.3, aim: 1.15 },
    {
      ...bar('Fastify + lru-cache', 'Fastify with the body from an lru-cache'),
      contestant: 'strata TypeScript',
      floor: 1.2,
      aim: 1,
    },
  ],
  rounds: { full: 15, quick: 3, warmups: 1 },
}

function bar(against: string, what: string) {
  const text = `times the processor time of ${what}`
  return { contestant: 'strata native', column: 'busy.cpu', what: text, against }
}
