/** The two charts of the page. */

import { Chart } from './chart.js'

/**
 * Reads a second by outcome; the hit ratio on the right.
 *
 * @param {HTMLElement} element
 */
export function createReadsChart(element) {
  return new Chart(element, {
    lines: [
      { color: '--hit' },
      { color: '--stale' },
      { color: '--miss' },
      { color: '--other' },
      { color: '--ratio', scale: '%', isDashed: true },
    ],
    scales: { y: { range: atLeastOne }, '%': { range: [0, 100] } },
    axes: [{ size: 56 }, { scale: '%', side: 1, size: 44, grid: { show: false } }],
  })
}

/**
 * Milliseconds of requests: p50, p90 and p99.
 *
 * @param {HTMLElement} element
 */
export function createLatencyChart(element) {
  return new Chart(element, {
    lines: [{ color: '--hit' }, { color: '--stale' }, { color: '--miss' }],
    scales: { y: { range: atLeastOne } },
    axes: [{ size: 56 }],
  })
}

/**
 * From nothing to a little more than the most: a line of noughts lies at the bottom.
 *
 * @param {uPlot} _
 * @param {number | null} __
 * @param {number | null} most
 * @returns {[number, number]}
 */
function atLeastOne(_, __, most) {
  return [0, Math.max(1, (most ?? 0) * 1.1)]
}
