import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import { httpPeers } from '../http/peers/all.js'

const trial: HttpTrial = {
  paths: Array.from({ length: 100 }, (_, index) => `/hello/reader-${index}`),
  check: ({ body }, path) => {
    const expected = `{"hello":"${path.slice('/hello/'.length)}","served":true}`
    if (!body.includes(expected)) throw new Error(`${path} was answered with something else`)
  },
  isCached: false,
}

export const benchmark: Case = {
  name: 'http-uncached',
  title: 'a route that is not cached, of the same servers',
  about:
    'GET /hello/:name, small JSON that a synchronous handler makes each time; connections and columns as in http-hit.',
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
  rounds: { full: 15, quick: 3, warmups: 1 },
}
