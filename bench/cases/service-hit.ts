import type { Case } from '../case.js'
import { httpContestant, type HttpTrial } from '../http/contestant.js'
import type { HttpPeer } from '../http/peer.js'
import { nginxCache, nginxStatic } from '../http/peers/nginx.js'
import { SERVICE_PREFIX, serviceNative, serviceTypescript } from '../http/peers/service.js'
import { WEBDIS_PREFIX, webdisPeer } from '../http/peers/webdis.js'
import { pageOf, POSTS, Site } from '../http/site.js'

const site = new Site()

/** The same values under each server's own paths; the body in whole is what all of them have in common. */
function contestant(peer: HttpPeer, pathOf: (id: number) => string) {
  const texts = new Map(
    Array.from({ length: POSTS }, (_, id) => [pathOf(id), pageOf(site.post(String(id))).text]),
  )
  const trial: HttpTrial = {
    paths: [...texts.keys()],
    check: ({ body }, path) => {
      if (body !== texts.get(path)) throw new Error(`${path} was answered with something else`)
    },
    isCached: true,
    loads: {
      busy: { connections: 64, ms: 600, warm: 20 },
      rate: { connections: 64, ms: 600, rate: 2_000 },
    },
  }
  return httpContestant(peer, trial)
}

const asPost = (id: number): string => `/posts/${id}`
const inService = (id: number): string => `${SERVICE_PREFIX}/posts/${id}`

export const benchmark: Case = {
  name: 'service-hit',
  title: 'a value of the cache service, read over HTTP',
  about: `${POSTS} values of 1 kB of JSON, put there beforehand, with the fields that a browser sends; 64 kept-alive connections, one request at a time each; the server on one core, the load on another. cpu: processor time of all its processes per request (us). p50 and p99 (ms): kept busy, then at 2,000 requests/s. load: how much of its core the load takes (%).`,
  columns: [
    {
      key: 'busy.cpu',
      title: 'cpu',
      digits: 1,
      against: ['nginx static', 'nginx proxy_cache', 'Redis behind Webdis'],
      as: 'cost',
    },
    { key: 'busy.rate', title: 'requests/s' },
    { key: 'busy.p50', title: 'p50', digits: 2 },
    { key: 'busy.p99', title: 'p99', digits: 2 },
    { key: 'busy.load', title: 'load' },
    { key: 'rate.cpu', title: '2,000/s: cpu', digits: 1 },
    { key: 'rate.p50', title: 'p50', digits: 2 },
    { key: 'rate.p99', title: 'p99', digits: 2 },
  ],
  contestants: [
    contestant(serviceNative, inService),
    contestant(serviceTypescript, inService),
    contestant(nginxStatic, asPost),
    contestant(nginxCache, asPost),
    contestant(webdisPeer, (id) => `${WEBDIS_PREFIX}/post${id}.txt`),
  ],
  bars: [
    {
      contestant: 'strata serve',
      column: 'busy.cpu',
      what: 'times the processor time of nginx serving the same bytes',
      against: 'nginx static',
      floor: 1.2,
    },
  ],
  rounds: { full: 15, quick: 3, warmups: 1 },
}
