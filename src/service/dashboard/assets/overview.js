/** The parts that follow the events: state, charts, tables. */

import { createLatencyChart, createReadsChart } from './charts.js'
import { bytes, count, duration, milliseconds, percent, rate, timeOf } from './format.js'
import { ALL, minuteOf, ratioOf, Series, totalOf } from './series.js'
import { fillTable, find, linkOf, make, nameOf } from './tables.js'

/** @typedef {import('../stats-view.js').StatsView} StatsView */

/**
 * What is done with what somebody chose.
 *
 * @typedef {object} Choices
 * @property {(namespace: string, key: string) => void} onKey
 * @property {(namespace: string, url: string) => void} onUrl of a response
 */

/**
 * @param {Choices} choices
 * @returns {(view: StatsView) => void}
 */
export function createOverview(choices) {
  const series = new Series()
  const chosen = find('#namespace', HTMLSelectElement)
  const reads = createReadsChart(find('#reads-chart', HTMLElement))
  const requests = createLatencyChart(find('#latency-chart', HTMLElement))
  chosen.append(new Option('all', ALL))
  chosen.onchange = () => reads.show(series.reads(chosen.value))

  return (view) => {
    series.add(view)
    find('#about', HTMLElement).textContent =
      `${view.version}, ${view.native ? 'native' : 'TypeScript'} listener, up for ${duration(view.uptime * 1_000)}`
    offerNames(view, chosen)
    showState(view)
    reads.show(series.reads(chosen.value))
    requests.show(series.requests())
    showNamespaces(view)
    showLatencies(view)
    showKeys(view, choices)
  }
}

/**
 * Namespaces appear, and never go.
 *
 * @param {StatsView} view
 * @param {HTMLSelectElement} chosen
 */
function offerNames({ namespaces }, chosen) {
  const names = find('#names', HTMLDataListElement)
  const known = new Set([...chosen.options].map(({ value }) => value))
  for (const { namespace, name } of namespaces) {
    if (known.has(namespace)) continue
    chosen.append(new Option(name ?? namespace, namespace))
    if (name !== undefined) names.append(new Option(name))
  }
}

/**
 * @typedef {object} Tile
 * @property {string} title
 * @property {string} value
 * @property {string} [more]
 * @property {boolean} [isBad]
 */

/** @param {StatsView} view */
function showState(view) {
  const reads = minuteOf(view, ALL)
  /** @type {readonly Tile[]} */
  const tiles = [
    { title: 'Hit ratio', value: percent(ratioOf(reads)), more: 'of the last minute' },
    {
      title: 'Reads/s',
      value: rate(totalOf(reads) / Math.max(1, view.lastMinuteSeconds)),
      more: 'of the last minute',
    },
    memoryTile(view),
    {
      title: 'Process',
      value: bytes(view.memory.rss),
      more: `${bytes(view.memory.heapUsed)} of it JavaScript's heap`,
    },
    redisTile(view),
    busTile(view),
    {
      title: 'Queue',
      value: count(view.queue.depth),
      more: 'purges that Redis has not heard of',
      isBad: view.queue.depth > 0,
    },
    errorsTile(view),
  ]
  find('#state', HTMLElement).replaceChildren(...tiles.map(tileOf))
}

/** @param {StatsView} view */
function memoryTile({ memory: { entries, bytes: used, maxEntries, maxBytes } }) {
  if (maxEntries === undefined || maxBytes === undefined) return { title: 'Memory', value: 'none' }
  return {
    title: 'Memory',
    value: bytes(used),
    more: `of ${bytes(maxBytes)}; ${count(entries)} of ${count(maxEntries)} entries`,
  }
}

/** @param {StatsView} view */
function redisTile({ redis: { state, breaker } }) {
  return {
    title: 'Redis',
    value: state,
    isBad: state === 'unavailable',
    ...(breaker === undefined ? {} : { more: `breaker ${breaker}` }),
  }
}

/** @param {StatsView} view */
function busTile({ bus: { transport, coherent, lag, reason } }) {
  if (transport === 'none') return { title: 'Bus', value: 'none', more: 'no other processes' }
  return {
    title: 'Bus',
    value: coherent ? 'coherent' : 'not coherent',
    more: reason ?? (lag === undefined ? transport : `${transport}, lag ${milliseconds(lag)}`),
    isBad: !coherent,
  }
}

/** @param {StatsView} view */
function errorsTile({ tierErrors }) {
  const all = Object.entries(tierErrors)
  const total = all.reduce((sum, [, times]) => sum + times, 0)
  return {
    title: 'Errors of Redis',
    value: count(total),
    more: all.map(([reason, times]) => `${reason} ${count(times)}`).join(', ') || 'since the start',
  }
}

/** @param {Tile} tile */
function tileOf({ title, value, more = '', isBad = false }) {
  return make('div', {
    children: [
      make('dt', { text: title }),
      make('dd', { text: value, class: isBad ? 'bad' : '' }),
      make('dd', { text: more, class: 'more' }),
    ],
  })
}

/** @param {StatsView} view */
function showNamespaces(view) {
  const rows = view.namespaces.map(({ namespace, name }) => {
    const reads = minuteOf(view, namespace)
    const total = totalOf(reads)
    const cells = [reads.hit, reads.stale, reads.miss, reads.bypass, reads.error].map(count)
    return {
      total,
      cells: [
        nameOf(name ?? namespace),
        percent(ratioOf(reads)),
        rate(total / Math.max(1, view.lastMinuteSeconds)),
        ...cells,
      ],
    }
  })
  rows.sort((a, b) => b.total - a.total)
  fillTable(
    '#namespaces',
    rows.map(({ cells }) => cells),
    { empty: 'None is in use' },
  )
}

/** @param {StatsView} view */
function showLatencies({ latency }) {
  const rows = /** @type {[string, StatsView['latency']['loads']][]} */ ([
    ['Requests', latency.requests],
    ['Loads', latency.loads],
  ]).map(([title, one]) => {
    if (one === undefined) return [title, '–', '–', '–', '–', '0']
    const { p50, p90, p99, max } = one
    return [title].concat([p50, p90, p99, max].map(milliseconds), count(one.count))
  })
  fillTable('#latencies', rows, { empty: '' })
}

/**
 * @param {StatsView} view
 * @param {Choices} choices
 */
function showKeys({ hotKeys, slowLoads }, { onKey, onUrl }) {
  /** @param {{ name?: string | undefined, key: string, url?: string | undefined }} one */
  const keyOf = ({ name, key, url }) => {
    if (name === undefined) return nameOf(url ?? key)
    return url === undefined
      ? linkOf(key, () => onKey(name, key))
      : linkOf(url, () => onUrl(name, url))
  }
  fillTable(
    '#hot-keys',
    hotKeys.map((one) => [keyOf(one), nameOf(one.name ?? one.namespace), rate(one.rate)]),
    { empty: 'Nothing was read', isHeld: true },
  )
  fillTable(
    '#slow-loads',
    slowLoads.map((one) => [
      keyOf(one),
      nameOf(one.name ?? one.namespace),
      one.failed ? `${milliseconds(one.ms)}, failed` : milliseconds(one.ms),
      timeOf(one.at),
    ]),
    { empty: 'Nothing was loaded', isHeld: true },
  )
}
