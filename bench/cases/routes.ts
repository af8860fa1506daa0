import type { Case, Contestant } from '../case.js'
import { nanosecondsPer } from '../measure.js'

const COUNT = 10_000

const patterns = Array.from(
  { length: COUNT },
  (_, i) => `/api/v${i % 10}/thing${i}/:id/part${i % 7}` as const,
)
const targets = Array.from(
  { length: 1_000 },
  (_, i) => `/api/v${i % 10}/thing${i}/12/part${i % 7}?x=1`,
)

const strata: Contestant = {
  name: 'strata',
  start: async ({ quick }) => {
    const { Router } = await import('../../dist/server/router.js')
    const { parsePattern } = await import('../../dist/server/pattern.js')
    const build = () => {
      const routes = patterns.map((text) => ({ method: 'GET', pattern: parsePattern(text) }))
      return new Router(routes)
    }
    const router = build()
    const matchAll = (): void => {
      for (const target of targets) {
        if (router.match('GET', target).kind !== 'route') throw new Error(target)
      }
    }
    return {
      round: async () => ({
        build: (await nanosecondsPer(1, quick ? 100 : 500, build)) / 1e6,
        match: await nanosecondsPer(targets.length, quick ? 50 : 200, matchAll),
      }),
      stop: async () => undefined,
    }
  },
}

export const benchmark: Case = {
  name: 'routes',
  title: '10,000 routes: building their table, finding one',
  about:
    'Patterns of five segments with one param, parsed and compiled. Processor time: milliseconds to build, ns to match.',
  columns: [
    { key: 'build', title: 'build ms', digits: 1 },
    { key: 'match', title: 'match ns', digits: 0 },
  ],
  contestants: [strata],
  rounds: { full: 15, quick: 3, warmups: 2 },
}
