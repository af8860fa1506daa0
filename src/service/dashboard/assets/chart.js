/** A chart over time. uPlot is loaded before this, as a global. */

const HEIGHT = 200

const dark = matchMedia('(prefers-color-scheme: dark)')

const hours = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/**
 * @typedef {object} Line
 * @property {string} color name of a variable of the style sheet
 * @property {string} [scale] where it is not `y`
 * @property {boolean} [isDashed]
 */

/**
 * @typedef {object} ChartOptions
 * @property {readonly Line[]} lines
 * @property {uPlot.Scales} scales of the values
 * @property {readonly uPlot.Axis[]} axes of the values
 */

/** Fills its element, in the colours of the style sheet. */
export class Chart {
  #element
  #options
  /** @type {uPlot | undefined} */
  #plot
  /** @type {uPlot.AlignedData} */
  #data

  /**
   * @param {HTMLElement} element
   * @param {ChartOptions} options
   */
  constructor(element, options) {
    this.#element = element
    this.#options = options
    this.#data = [[], ...options.lines.map(() => [])]
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
    const { lines, scales, axes } = this.#options
    const style = getComputedStyle(document.documentElement)
    const color = (/** @type {string} */ name) => style.getPropertyValue(name).trim()
    const axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
    }
    const axisOf = (/** @type {uPlot.Axis} */ own) => ({ ...axis, ...own })
    const seriesOf = (/** @type {Line} */ { color: name, scale = 'y', isDashed }) => ({
      stroke: color(name),
      scale,
      width: 2,
      points: { show: false },
      dash: isDashed ? [6, 4] : [],
    })
    this.#plot = new uPlot(
      {
        width: Math.max(1, this.#element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales,
        axes: [
          {
            ...axis,
            size: 30,
            space: 90,
            values: (_, splits) => splits.map((at) => hours.format(at * 1_000)),
          },
          ...axes.map(axisOf),
        ],
        series: [{}, ...lines.map(seriesOf)],
      },
      this.#data,
      this.#element,
    )
  }
}
