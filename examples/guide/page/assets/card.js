/** One side: its numbers and its switches. */

import { duration, rate } from './format.js'

/**
 * @typedef {import('../view.js').SideView} SideView
 * @typedef {readonly (readonly [name: string, text: string])[]} SwitchTexts
 */

export class Card {
  #section
  #set
  /** @type {Map<string, HTMLInputElement>} */
  #boxes = new Map()

  /**
   * @param {HTMLElement} section
   * @param {SwitchTexts} switches
   * @param {(on: string) => Promise<void>} set
   */
  constructor(section, switches, set) {
    this.#section = section
    this.#set = set
    const template = /** @type {HTMLTemplateElement} */ (document.querySelector('#card'))
    section.append(template.content.cloneNode(true))
    for (const [name, text] of switches) this.#fieldset.append(this.#row(name, text))
    for (const button of section.querySelectorAll('button')) {
      button.addEventListener('click', () => void this.#change(button.dataset['set'] ?? ''))
    }
  }

  /**
   * @param {SideView} side
   * @param {Readonly<Record<string, string>>} idle
   */
  show({ on, listener, load, parts, failure }, idle) {
    this.#number('p50', load && duration(load.p50))
    this.#number('p90', load && duration(load.p90))
    this.#number('p99', load && duration(load.p99))
    this.#number('perSecond', load && rate(load.perSecond))
    this.#number('cpu', load && duration(load.cpu / 1_000))
    this.#number('listener', listener)
    const note = /** @type {HTMLElement} */ (this.#section.querySelector('.note'))
    note.hidden = !load || load.askerBusy < 0.9
    const told = /** @type {HTMLElement} */ (this.#section.querySelector('.failure'))
    told.hidden = failure === undefined
    told.textContent = failure ?? ''
    this.#parts(parts)
    for (const [name, box] of this.#boxes) {
      if (!this.#isBusy) box.checked = on.includes(/** @type {typeof on[number]} */ (name))
      const why = this.#section.querySelector(`[data-why="${name}"]`)
      if (why) why.textContent = idle[name] ? ` (Makes no difference here: ${idle[name]}.)` : ''
    }
  }

  get #fieldset() {
    return /** @type {HTMLFieldSetElement} */ (this.#section.querySelector('fieldset'))
  }

  get #isBusy() {
    return this.#fieldset.getAttribute('aria-busy') === 'true'
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  #row(name, text) {
    const box = document.createElement('input')
    box.type = 'checkbox'
    box.name = name
    box.id = `${this.#section.id}-${name}`
    box.setAttribute('aria-describedby', `${box.id}-text`)
    const label = document.createElement('label')
    label.htmlFor = box.id
    label.textContent = name
    const described = document.createElement('p')
    described.id = `${box.id}-text`
    described.textContent = text
    const why = document.createElement('span')
    why.dataset['why'] = name
    described.append(why)
    box.addEventListener('change', () => {
      const on = [...this.#boxes].filter(([, { checked }]) => checked).map(([name]) => name)
      void this.#change(on.join(',') || 'none')
    })
    this.#boxes.set(name, box)
    const row = document.createElement('div')
    row.className = 'switch'
    row.append(box, label, described)
    return row
  }

  /** @param {string} on */
  async #change(on) {
    this.#fieldset.setAttribute('aria-busy', 'true')
    try {
      await this.#set(on)
    } finally {
      this.#fieldset.setAttribute('aria-busy', 'false')
    }
  }

  /**
   * @param {string} name
   * @param {string | undefined} text
   */
  #number(name, text = '–') {
    const place = this.#section.querySelector(`[data-number="${name}"]`)
    if (place) place.textContent = text
  }

  /** @param {SideView['parts']} parts */
  #parts(parts) {
    const rows = parts.map(({ name, ms, times }) => {
      const row = document.createElement('li')
      row.dataset['part'] = name
      row.textContent = `${name} ${duration(ms)}${times === undefined ? '' : ` in ${times}`}`
      return row
    })
    this.#section.querySelector('.parts')?.replaceChildren(...rows)
  }
}
