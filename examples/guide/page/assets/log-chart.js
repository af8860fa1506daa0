import { Chart } from './chart.js'

/**
 * On a logarithmic scale: one side may be hundreds of times the other.
 *
 * @param {HTMLElement} element
 * @param {import('./chart.js').ChartOptions['lines']} lines
 */
export function createLogChart(element, lines) {
  return new Chart(element, {
    lines,
    scales: { y: { distr: 3, log: 10 } },
    axes: [{ size: 64, values: (_, splits) => splits.map(powerOfTen) }],
  })
}

/** Labels of the others would stand in each other's way. @param {number | null} value */
function powerOfTen(value) {
  if (value === null) return ''
  const power = Math.log10(value)
  return Math.abs(power - Math.round(power)) < 1e-6 ? value.toLocaleString('en') : ''
}
