import type { ComparisonColumn } from './comparison.js'

const OUTAGE: readonly ComparisonColumn[] = [
  {
    title: 'Redis frozen, cold key',
    from: 'outage',
    cell: (of, { name }) => of.value(name, 'frozen', 0, ' ms'),
  },
  {
    title: 'its Redis client told to give up after 100 ms',
    from: 'outage',
    // Strata's does so by itself
    cell: (of, { name }) =>
      name === 'strata' ? '' : of.value(`${name}, client 100 ms`, 'frozen', 0, ' ms'),
  },
]

/** How fast. */
export const SPEED_COLUMNS: readonly ComparisonColumn[] = [
  {
    title: 'speed in memory',
    from: 'l1-hit',
    cell: (of, { name, byReference }) =>
      [name, byReference]
        .filter((contestant) => contestant !== undefined)
        .map((contestant, index) => {
          const ratio = of.ratio(contestant, 'ns', 'lru-cache')
          return index === 0 ? ratio : `(${ratio})`
        })
        .join(' '),
  },
  {
    title: 'hits/s in Redis, 256 at once',
    from: 'l2-hit',
    cell: (of, { name }) => of.ratio(name, 'rate256', 'auto-pipelined GET'),
  },
  ...OUTAGE,
]

/** What it does. */
export const BEHAVIOUR_COLUMNS: readonly ComparisonColumn[] = [
  {
    title: 'loads for 100 callers of one process',
    from: 'probes',
    cell: (of, { name }) => of.value(name, 'callers'),
  },
  {
    title: 'loads of a cold key by 4 processes',
    from: 'cold-key-processes',
    cell: (of, { name, tiers }) => of.value(`${name} (${tiers})`, 'loads'),
  },
  {
    title: 'read after a delete that came during a load',
    from: 'probes',
    cell: (of, { name }) => of.value(name, 'overtaken'),
  },
  {
    title: 'value after a reader has changed it',
    from: 'probes',
    cell: (of, { name }) => of.value(name, 'changed'),
  },
  ...OUTAGE,
]
