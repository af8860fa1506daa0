/** Purges, each of them only after it was named and confirmed. */

import { NoToken, problemOf, request } from './connection.js'
import { confirmPurge } from './dialog.js'
import { find } from './tables.js'

/** @typedef {{ namespace: string, what: 'keys' | 'tags' | 'urls' | 'all', name: string, soft: boolean }} Purge */

/**
 * `ask`: asks, and purges. `offerUrl`: fills the form in, for whoever wants to.
 *
 * @returns {{ ask: (purge: Purge) => void, offerUrl: (namespace: string, url: string) => void }}
 */
export function createPurge() {
  const form = find('#purge', HTMLFormElement)
  const namespace = find('#purge [name=namespace]', HTMLInputElement)
  const what = find('#purge [name=what]', HTMLSelectElement)
  const name = find('#purge [name=name]', HTMLInputElement)
  const soft = find('#purge [name=soft]', HTMLInputElement)
  const onWhat = () => {
    name.disabled = what.value === 'all'
    // the service makes all of a namespace unusable, or nothing
    soft.disabled = what.value === 'all'
  }
  what.onchange = onWhat
  form.onsubmit = (event) => {
    event.preventDefault()
    void purge({
      namespace: namespace.value,
      what: /** @type {Purge['what']} */ (what.value),
      name: name.value,
      soft: soft.checked && !soft.disabled,
    })
  }
  return {
    ask: (chosen) => void purge(chosen),
    offerUrl(chosenNamespace, url) {
      namespace.value = chosenNamespace
      what.value = 'urls'
      name.value = url
      onWhat()
      name.focus()
    },
  }
}

/** @param {Purge} chosen */
async function purge(chosen) {
  if (!(await confirmPurge(wordsOf(chosen)))) return
  const status = find('#purge-status', HTMLElement)
  status.textContent = 'Purging'
  status.textContent = await purged(chosen)
}

/**
 * @param {Purge} chosen
 * @returns {Promise<string>} what became of it
 */
async function purged(chosen) {
  const { namespace, what, name, soft } = chosen
  const body = { ...(what === 'all' ? { all: true } : { [what]: [name] }), soft }
  try {
    const response = await request(`v1/${encodeURIComponent(namespace)}/_purge`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) return await problemOf(response)
    const answer = /** @type {{ result: 'applied' | 'queued' }} */ (await response.json())
    const done = `Purged ${wordsOf(chosen)}`
    return answer.result === 'queued'
      ? `${done} here; Redis will be told as soon as it answers`
      : done
  } catch (error) {
    // whatever else it is, there was no answer
    return error instanceof NoToken ? 'A token is needed' : 'The service cannot be reached'
  }
}

const KINDS = {
  keys: 'the key',
  tags: 'everything with the tag',
  urls: 'every response of the URL',
}

/** @param {Purge} purge */
function wordsOf({ namespace, what, name, soft }) {
  const how = soft ? ', which may still be served as stale' : ''
  if (what === 'all') return `everything in the namespace “${namespace}”${how}`
  return `${KINDS[what]} “${name}” in the namespace “${namespace}”${how}`
}
