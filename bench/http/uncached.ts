import type { Bar, Case, Column } from '../case.js'
import { httpContestant, type HttpTrial } from './contestant.js'
import { peersNamed, handlerPeers } from './peers/all.js'

/** A case about a route that nobody caches, whose answer is this for a name. */
export function uncachedCase(
  { name, title, prefix }: { name: string; title: string; prefix: string },
  bodyOf: (reader: string) => string,
): Case {
  const trial: HttpTrial = {
    paths: Array.from({ length: 100 }, (_, index) => `${prefix}reader-${index}`),
    check: ({ body }, path) => {
      if (body !== bodyOf(path.slice(prefix.length))) {
        throw new Error(`${path} was answered with something else`)
      }
    },
    isCached: false,
    loads: {
      many: { connections: 64, ms: 600, warm: 20 },
      few: { connections: 4, ms: 400, warm: 20 },
    },
  }
  return {
    name,
    title,
    about: `GET ${prefix}:name, made each time by a synchronous handler; 64 kept-alive connections, then 4, one request at a time each. cpu, js: processor time of the server, and of its thread of JavaScript alone, per request (us); rate, p50 and p99 (ms) of a server kept busy by 64.`,
    columns: COLUMNS,
    contestants: [...peersNamed('C epoll'), ...handlerPeers].map((peer) =>
      httpContestant(peer, trial),
    ),
    bars: BARS,
    rounds: { full: 15, quick: 3, warmups: 1 },
  }
}

const COLUMNS: readonly Column[] = [
  {
    key: 'many.cpu',
    title: 'cpu',
    digits: 1,
    against: ['node:http', 'Fastify + lru-cache'],
    as: 'cost',
  },
  {
    key: 'many.js',
    title: 'js',
    digits: 1,
    against: ['node:http', 'Fastify + lru-cache'],
    as: 'cost',
  },
  { key: 'few.cpu', title: '4: cpu', digits: 1, against: ['node:http'], as: 'cost' },
  { key: 'few.js', title: '4: js', digits: 1, against: ['node:http'], as: 'cost' },
  { key: 'many.rate', title: 'requests/s' },
  { key: 'many.p50', title: 'p50', digits: 2 },
  { key: 'many.p99', title: 'p99', digits: 2 },
]

const BARS: readonly Bar[] = [
  {
    ...bar('many.js', 'processor time of the thread of JavaScript, 64 connections'),
    floor: 0.3,
    aim: 0.15,
  },
  { ...bar('many.cpu', 'processor time, 64 connections'), floor: 0.67, aim: 0.5 },
  { ...bar('few.cpu', 'processor time, 4 connections'), floor: 1.25 },
]

function bar(column: string, of: string) {
  const what = `times that of node:http: ${of}`
  return { contestant: 'strata native', column, what, against: 'node:http' }
}
