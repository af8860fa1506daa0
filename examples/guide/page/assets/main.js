/** The page: follows the rounds, and turns switches. */

import { Card } from './card.js'
import { factor } from './format.js'
import { createLogChart } from './log-chart.js'

/** @typedef {import('../view.js').View} View */

const KEPT = 120

const find = (/** @type {string} */ selector) =>
  /** @type {HTMLElement} */ (document.querySelector(selector))

const status = find('#status')

/**
 * @param {'live' | 'lost'} state
 * @param {string} text
 */
function tell(state, text) {
  if (status.textContent === text) return
  status.dataset['state'] = state
  status.textContent = text
}

/** @param {'before' | 'after'} side */
const cardOf = (side) =>
  new Card(find(`#${side}`), texts, async (on) => {
    const response = await fetch(`sides/${side}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on }),
    }).catch(() => undefined)
    if (response?.ok) show(await response.json())
    else tell('lost', 'The switches could not be set')
  })

const texts = await (await fetch('switches')).json()
const cards = { before: cardOf('before'), after: cardOf('after') }
const latency = createLogChart(find('#latency-chart'), [
  { color: '--before' },
  { color: '--before', isDashed: true },
  { color: '--after' },
  { color: '--after', isDashed: true },
])
const rates = createLogChart(find('#rate-chart'), [{ color: '--before' }, { color: '--after' }])

/** @type {View[]} */
const rounds = []

/** @param {View} view */
function show(view) {
  const { before, after } = view.sides
  cards.before.show(before, view.idle)
  cards.after.show(after, view.idle)
  find('#database').textContent = `${view.database}.`
  find('#factor').textContent = comparison(before, after)
  rounds.push(view)
  if (rounds.length > KEPT) rounds.shift()
  const times = rounds.map(({ at }) => at / 1_000)
  const line = (
    /** @type {'before' | 'after'} */ side,
    /** @type {'p50' | 'p99' | 'perSecond'} */ name,
  ) => rounds.map(({ sides }) => sides[side].load?.[name] ?? null)
  latency.show([
    times,
    line('before', 'p50'),
    line('before', 'p99'),
    line('after', 'p50'),
    line('after', 'p99'),
  ])
  rates.show([times, line('before', 'perSecond'), line('after', 'perSecond')])
}

/** @param {View['sides']['before']} one @param {View['sides']['before']} other */
function comparison({ load: before, ...one }, { load: after, ...other }) {
  if (one.failure !== undefined || other.failure !== undefined) return 'One side does not answer'
  if (!before || !after) return 'Measuring'
  return `${factor(before.p50 / after.p50)} shorter at the median, ${factor(after.perSecond / before.perSecond)} as many requests`
}

const events = new EventSource('events')
events.addEventListener('message', ({ data }) => {
  tell('live', 'Live')
  show(JSON.parse(data))
})
// it is opened again by itself
events.addEventListener('error', () => tell('lost', 'Connection lost. Trying again'))
