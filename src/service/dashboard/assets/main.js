/** Puts the page together. */

import { follow } from './events.js'
import { createInspector } from './inspector.js'
import { createOverview } from './overview.js'
import { createPurge } from './purge.js'
import { find } from './tables.js'

const purge = createPurge()
const inspect = createInspector((namespace, what, name) =>
  purge.ask({ namespace, what, name, soft: false }),
)
const show = createOverview({ onKey: inspect, onUrl: purge.offerUrl })
const status = find('#status', HTMLElement)
const signIn = find('#sign-in', HTMLButtonElement)

/**
 * @param {string} state
 * @param {string} text
 */
function onState(state, text) {
  signIn.hidden = state !== 'refused'
  // said anew only when it changes: it is read aloud
  if (status.textContent === text) return
  status.dataset['state'] = state
  status.textContent = text
}

function start() {
  onState('connecting', 'Connecting')
  void follow({
    onState,
    onStats: (data) => show(/** @type {import('../stats-view.js').StatsView} */ (data)),
  })
}

signIn.onclick = start
start()
