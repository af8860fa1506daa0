/** Small helpers of the document. Whatever comes from the service goes into it as text, never as markup. */

/**
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function find(selector, type) {
  const element = document.querySelector(selector)
  if (element instanceof type) return element
  throw new Error(`the page has no ${selector}`)
}

/**
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{ class?: string, text?: string, children?: readonly Node[] }} [parts]
 * @returns {HTMLElementTagNameMap[K]}
 */
export function make(tag, parts = {}) {
  const element = document.createElement(tag)
  if (parts.class !== undefined) element.className = parts.class
  if (parts.text !== undefined) element.textContent = parts.text
  if (parts.children !== undefined) element.append(...parts.children)
  return element
}

/**
 * Fills a table: the first cell of a row is its header. Left alone while somebody points at it or is in it with the keyboard,
 * so that nothing moves away from under him, when its rows can be used.
 *
 * @param {string} selector
 * @param {readonly (readonly (string | Node)[])[]} rows
 * @param {{ empty: string, isHeld?: boolean }} options
 */
export function fillTable(selector, rows, { empty, isHeld = false }) {
  const table = find(selector, HTMLTableElement)
  const body = table.tBodies[0]
  if (body === undefined) return
  if (isHeld && table.matches(':hover, :focus-within')) return
  if (rows.length === 0) {
    const cell = make('td', { text: empty })
    cell.colSpan = table.tHead?.rows[0]?.cells.length ?? 1
    body.replaceChildren(make('tr', { children: [cell] }))
    return
  }
  body.replaceChildren(...rows.map((cells) => make('tr', { children: cells.map(cellOf) })))
}

/**
 * A name that was given by somebody else.
 *
 * @param {string} text
 */
export function nameOf(text) {
  return make('span', { class: 'name', text })
}

/**
 * @param {string} text
 * @param {() => void} onClick
 */
export function linkOf(text, onClick) {
  const button = make('button', { class: 'link', children: [nameOf(text)] })
  button.type = 'button'
  button.onclick = onClick
  return button
}

/**
 * @param {string | Node} content
 * @param {number} column
 */
function cellOf(content, column) {
  const cell = document.createElement(column === 0 ? 'th' : 'td')
  if (column === 0) cell.setAttribute('scope', 'row')
  cell.append(content)
  return cell
}
