/** The two charts. uPlot is loaded before this, as a global. */

const HEIGHT = 200

const dark = matchMedia('(prefers-color-scheme: dark)')

const hours = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} color name of a variable of the style sheet
 * @property {string} [scale] that on the right
 */

/** Reads a second by outcome; the hit ratio on the right. */
export const READS = /** @type {readonly Line[]} */ ([
  { label: 'hit/s', color: '--hit' },
  { label: 'stale/s', color: '--stale' },
  { label: 'miss/s', color: '--miss' },
  { label: 'bypass and error/s', color: '--other' },
  { label: 'hit ratio', color: '--ratio', scale: '%' },
])

/** Percentiles in milliseconds. */
export const REQUESTS = /** @type {readonly Line[]} */ ([
  { label: 'p50', color: '--hit' },
  { label: 'p90', color: '--stale' },
  { label: 'p99', color: '--miss' },
])

/** A chart that fills its element, in the colours of the style sheet. */
export class Chart {
  #element
  #lines
  /** @type {uPlot | undefined} */
  #plot
  /** @type {uPlot.AlignedData} */
  #data = [[]]

  /**
   * @param {HTMLElement} element
   * @param {readonly Line[]} lines
   */
  constructor(element, lines) {
    this.#element = element
    this.#lines = lines
    new ResizeObserver(() => this.#resize()).observe(element)
    // colours are drawn, so those that were drawn stay
    dark.addEventListener('change', () => this.#open())
    this.#open()
  }

  /** @param {[number[], ...(number | null)[][]]} data */
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
    const hasRight = this.#lines.some(({ scale }) => scale === '%')
    this.#plot = new uPlot(
      {
        width: Math.max(1, this.#element.clientWidth),
        height: HEIGHT,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: atLeastOne }, ...(hasRight ? { '%': { range: [0, 100] } } : {}) },
        axes: [
          {
            ...axis,
            size: 30,
            space: 90,
            values: (_, splits) => splits.map((at) => hours.format(at * 1_000)),
          },
          { ...axis, size: 56 },
          ...(hasRight
            ? [
                {
                  ...axis,
                  scale: '%',
                  side: /** @type {const} */ (1),
                  size: 44,
                  grid: { show: false },
                },
              ]
            : []),
        ],
        series: [
          {},
          ...this.#lines.map(({ label, color: name, scale }) => ({
            label,
            stroke: color(name),
            width: 2,
            points: { show: false },
            ...(scale === undefined ? {} : { scale, dash: [6, 4] }),
          })),
        ],
      },
      this.#data,
      this.#element,
    )
  }
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
