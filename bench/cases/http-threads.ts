import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import { peersNamed } from '../http/peers/all.js'
import { posts } from '../http/posts.js'

const trial: HttpTrial = {
  ...posts,
  isCached: true,
  loads: { busy: { connections: 64, ms: 800, warm: 20 } },
}
const one: HttpTrial = { ...trial, cores: { startOn: '0', runOn: '0,1' } }
const two: HttpTrial = { ...trial, cores: { startOn: '0,1' } }

const SINGLE = ['strata native', 'C epoll', 'nginx proxy_cache']
const DOUBLE = ['strata native, 2 threads', 'C epoll, 2 processes', 'nginx proxy_cache, 2 workers']

export const benchmark: Case = {
  name: 'http-threads',
  title: 'a cached route of a server with one thread and with two',
  about:
    'As in http-hit, kept busy, on two cores, of which the load has a part. Two processes of the server in C share nothing: what they cost more is what the machine makes of it. cpu: processor time of the server per request (us).',
  columns: [
    {
      key: 'busy.cpu',
      title: 'cpu',
      digits: 2,
      against: SINGLE,
      as: 'cost',
    },
    { key: 'busy.rate', title: 'requests/s' },
    { key: 'busy.p99', title: 'p99', digits: 2 },
  ],
  contestants: [
    ...peersNamed(...SINGLE).map((peer) => httpContestant(peer, one)),
    ...peersNamed(...DOUBLE).map((peer) => httpContestant(peer, two)),
  ],
  bars: [
    {
      contestant: 'strata native, 2 threads',
      column: 'busy.cpu',
      what: 'times the processor time with one thread',
      against: 'strata native',
      floor: 1.1,
    },
  ],
  rounds: { full: 15, quick: 3, warmups: 1 },
}
