/** Where a key lives, its record, its tags, and what is left of its life. */

import { NoToken, problemOf, request } from './connection.js'
import { bytes, duration, milliseconds, timeOf } from './format.js'
import { find, linkOf, make, nameOf } from './tables.js'

/** @typedef {import('../../../cache/inspection.js').Inspection} Inspection */
/** @typedef {{ readonly type: string, readonly bytes: number, readonly preview: string, readonly cut: boolean }} Value */
/** @typedef {Inspection & { readonly at: number, readonly value?: Value }} Inspected at: when, by the clock of the service */
/** @typedef {(namespace: string, what: 'keys' | 'tags', name: string) => void} OnPurge */
/** @typedef {[title: string, value: string | Node | undefined]} Fact */

/**
 * @param {OnPurge} onPurge
 * @returns {(namespace: string, key: string) => void} shows a key
 */
export function createInspector(onPurge) {
  const form = find('#inspect', HTMLFormElement)
  const namespace = find('#inspect [name=namespace]', HTMLInputElement)
  const key = find('#inspect [name=key]', HTMLInputElement)
  form.onsubmit = (event) => {
    event.preventDefault()
    void inspect(namespace.value, key.value, onPurge)
  }
  return (chosenNamespace, chosenKey) => {
    namespace.value = chosenNamespace
    key.value = chosenKey
    key.focus()
    void inspect(chosenNamespace, chosenKey, onPurge)
  }
}

/** Of the last request: an answer that comes late is not shown in the place of a newer one. */
let latest = 0

/**
 * @param {string} namespace
 * @param {string} key
 * @param {OnPurge} onPurge
 */
async function inspect(namespace, key, onPurge) {
  const number = ++latest
  const status = find('#inspect-status', HTMLElement)
  const place = find('#inspected', HTMLElement)
  status.textContent = 'Looking'
  place.replaceChildren()
  const shown = await lookUp(namespace, key)
  if (number !== latest) return
  if (typeof shown === 'string') {
    status.textContent = shown
    return
  }
  status.textContent = `A read of this moment: ${outcomeOf(shown)}`
  place.replaceChildren(...partsOf(namespace, shown, onPurge))
}

/**
 * @param {string} namespace
 * @param {string} key
 * @returns {Promise<Inspected | string>} a text: why it is not known
 */
async function lookUp(namespace, key) {
  const path = `inspect/${encodeURIComponent(namespace)}/${encodeURIComponent(key)}`
  try {
    const response = await request(path)
    if (!response.ok) return await problemOf(response)
    return /** @type {Inspected} */ (await response.json())
  } catch (error) {
    // whatever else it is, there was no answer
    return error instanceof NoToken ? 'A token is needed' : 'The service cannot be reached'
  }
}

/** @param {Inspected} inspected */
function outcomeOf({ outcome, tier }) {
  return tier === undefined ? outcome : `${outcome} from ${tier}`
}

/**
 * @param {string} namespace
 * @param {Inspected} inspected
 * @param {OnPurge} onPurge
 * @returns {Node[]}
 */
function partsOf(namespace, inspected, onPurge) {
  const { key, why, value } = inspected
  const button = make('button', { text: 'Purge this key …', class: 'danger' })
  button.type = 'button'
  button.onclick = () => onPurge(namespace, 'keys', key)
  return [
    ...(why.length > 0 ? [make('ul', { children: why.map((text) => make('li', { text })) })] : []),
    ...valuePart(value),
    ...memoryPart(namespace, inspected, onPurge),
    ...redisPart(inspected),
    ...flightPart(inspected),
    make('div', { class: 'buttons', children: [button] }),
  ]
}

/** @param {Inspected['value']} value */
function valuePart(value) {
  if (value === undefined) return []
  const facts = factsOf([
    ['Type', value.type],
    [
      'Size',
      value.cut ? `${bytes(value.bytes)}, of which this is the beginning` : bytes(value.bytes),
    ],
  ])
  if (value.preview === '') return [heading('Value'), facts]
  const preview = make('pre', { text: value.preview })
  preview.tabIndex = 0
  preview.setAttribute('role', 'region')
  preview.setAttribute('aria-label', value.cut ? 'Beginning of the value' : 'The value')
  return [heading('Value'), facts, preview]
}

/**
 * @param {string} namespace
 * @param {Inspected} inspected
 * @param {OnPurge} onPurge
 */
function memoryPart(namespace, { memory, at }, onPurge) {
  if (memory === undefined) return [heading('Memory'), factsOf([['Standing', 'nothing there']])]
  return [
    heading('Memory'),
    factsOf([
      ['Standing', memory.standing],
      ['Stored', timeOf(memory.storedAt)],
      ['Fresh for', leftUntil(memory.freshUntil, at)],
      ['Kept for', leftUntil(memory.staleUntil, at)],
      ['Loaded in', memory.loadTime > 0 ? milliseconds(memory.loadTime) : undefined],
      ['Size', bytes(memory.size)],
      ['Identity', memory.id === '' ? 'in memory only' : memory.id],
      ['Tags', tagsOf(memory.tags, (tag) => onPurge(namespace, 'tags', tag))],
    ]),
  ]
}

/** @param {Inspected} inspected */
function redisPart({ redis, redisKey, at }) {
  if (redis === undefined) return []
  /** @type {Fact[]} */
  const facts = [
    ['Name', redisKey === undefined ? undefined : nameOf(redisKey)],
    ['There', redis.kind],
  ]
  if (redis.kind === 'unavailable') facts.push(['Reason', `${redis.reason}: ${redis.message}`])
  if (redis.kind === 'unreadable') facts.push(['Fault', redis.fault])
  if (redis.kind === 'value') {
    facts.push(
      ['Standing', redis.standing],
      ['Stored', timeOf(redis.storedAt)],
      ['Fresh for', leftUntil(redis.freshUntil, at)],
      ['Dropped in', redis.left === undefined ? undefined : duration(Math.max(0, redis.left))],
      ['Size', bytes(redis.bytes)],
      ['Identity', redis.id],
    )
  }
  return [heading('Redis'), factsOf(facts)]
}

/** @param {Inspected} inspected */
function flightPart({ flight }) {
  if (flight === undefined) return []
  return [
    heading('Load'),
    factsOf([
      ['Began', timeOf(flight.startedAt)],
      ['Waiting', String(flight.riders)],
      ['Overtaken', flight.revoked ? 'by an invalidation' : undefined],
    ]),
  ]
}

/**
 * @param {readonly string[]} tags
 * @param {(tag: string) => void} onTag
 */
function tagsOf(tags, onTag) {
  if (tags.length === 0) return 'none'
  const items = tags.map((tag) => make('li', { children: [linkOf(tag, () => onTag(tag))] }))
  return make('ul', { children: items })
}

/**
 * @param {number} end
 * @param {number} at
 */
function leftUntil(end, at) {
  const left = end - at
  return left > 0 ? `${duration(left)}, until ${timeOf(end)}` : 'over'
}

/** @param {string} text */
function heading(text) {
  return make('h3', { text })
}

/** @param {readonly Fact[]} facts */
function factsOf(facts) {
  const children = facts.flatMap(([title, value]) => {
    if (value === undefined) return []
    const definition =
      typeof value === 'string' ? make('dd', { text: value }) : make('dd', { children: [value] })
    return [make('dt', { text: title }), definition]
  })
  return make('dl', { class: 'facts', children })
}
