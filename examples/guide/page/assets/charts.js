/** The two charts. uPlot is loaded before this, as a global. */

const HEIGHT = 220

const hours = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

const dark = matchMedia('(prefers-color-scheme: dark)')

/**
 * @typedef {object} Line
 * @property {'--before' | '--after'} color of the style sheet
 * @property {boolean} [isDashed]
 */

/** A chart that fills its element, in the colours of the style sheet, on a logarithmic scale. */
export class Chart {
  #element
  #lines
  /** @type {uPlot | undefined} */
  #plot
  /** @type {uPlot.AlignedData} */
  #data

  /**
   * @param {HTMLElement} element
   * @param {readonly Line[]} lines
   */
  constructor(element, lines) {
    this.#element = element
    this.#lines = lines
    this.#data = /** @type {uPlot.AlignedData} */ ([[], ...lines.map(() => [])])
    new ResizeObserver(() => this.#resize()).observe(element)
    // colours are drawn, so those that were drawn stay
    dark.addEventListener('change', () => this.#open())
    this.#open()
  }

  /** @param {[number[], ...(number | null)[][]]} data seconds, then the values of each line */
  show(data) {
    this.#data = data
    this.#plot?.setData(data)
  }

  #resize() {
    const width = this.#element.clientWidth
    if (width > 0 && width !== this.#plot?.width) this.#plot?.setSize({ width, height: HEIGHT })
  }

  #open() {
    this.#plot?.destroy()
    const style = getComputedStyle(document.documentElement)
    const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    }
    this.#plot = new uPlot(
      {
        width: Math.max(1, this.#element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { distr: 3, log: 10 } },
        axes: [
          {
            ...axis,
            size: 30,
            space: 90,
            values: (_, splits) => splits.map((at) => hours.format(at * 1_000)),
          },
          { ...axis, size: 64, values: (_, splits) => splits.map(powerOfTen) },
        ],
        series: [
          {},
          ...this.#lines.map(({ color: name, isDashed }) => ({
            stroke: color(name),
            width: 2,
            points: { show: false },
            ...(isDashed ? { dash: [6, 4] } : {}),
          })),
        ],
      },
      this.#data,
      this.#element,
    )
  }
}

/** Labels of the others would stand in each other's way. @param {number | null} value */
function powerOfTen(value) {
  if (value === null) return ''
  const power = Math.log10(value)
  return Math.abs(power - Math.round(power)) < 1e-6 ? value.toLocaleString('en') : ''
}
