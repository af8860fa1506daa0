import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import { httpPeers } from '../http/peers/all.js'
import { POSTS, Site } from '../http/site.js'

const site = new Site()

const trial: HttpTrial = {
  paths: Array.from({ length: POSTS }, (_, id) => `/posts/${id}`),
  check: ({ head, body }, path) => {
    const expected = JSON.stringify(site.post(path.slice('/posts/'.length)))
    if (!body.includes(expected)) throw new Error(`${path} was answered with something else`)
    for (const name of ['content-type: application/json', 'cache-control: ', 'etag: ']) {
      if (!head.toLowerCase().includes(`\r\n${name}`)) throw new Error(`no ${name} in ${head}`)
    }
  },
  isCached: true,
}

export const benchmark: Case = {
  name: 'http-hit',
  title: 'a cached route of a server, answered from memory',
  about: `GET /posts/:id, ${POSTS} ids, 1 kB of JSON each, with the fields that a browser sends; 32 kept-alive connections, one request at a time each, from another process. cpu = processor time of the server's process per request (us); p50 and p99 (ms) are those of a server that is kept busy.`,
  columns: [
    {
      key: 'cpu',
      title: 'cpu',
      digits: 1,
      against: ['node:http', 'Fastify + lru-cache'],
      as: 'cost',
    },
    { key: 'rate', title: 'requests/s' },
    { key: 'p50', title: 'p50', digits: 2 },
    { key: 'p99', title: 'p99', digits: 2 },
  ],
  contestants: httpPeers.map((peer) => httpContestant(peer, trial)),
  bars: [
    {
      contestant: 'strata',
      column: 'cpu',
      against: 'Fastify + lru-cache',
      what: 'times the processor time of Fastify with the same body from an lru-cache',
      floor: 1.2,
      aim: 1,
    },
  ],
  rounds: { full: 15, quick: 3, warmups: 1 },
}
