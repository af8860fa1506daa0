/** The two dialogs. Each opens as a modal one, so Escape closes it and the focus stays in it and comes back. */

import { find } from './tables.js'

/**
 * Names what will be purged, and asks. Resolves whether it is to be done.
 *
 * @param {string} what
 * @returns {Promise<boolean>}
 */
export function confirmPurge(what) {
  const dialog = find('#confirm', HTMLDialogElement)
  find('#confirm-what', HTMLElement).textContent = what
  return opened(dialog).then((answer) => answer === 'purge')
}

/**
 * Asks for a token. Resolves undefined when none is given.
 *
 * @param {string} why
 * @returns {Promise<string | undefined>}
 */
export async function askToken(why) {
  const dialog = find('#token', HTMLDialogElement)
  const form = find('#token form', HTMLFormElement)
  const input = find('#token input', HTMLInputElement)
  find('#token-why', HTMLElement).textContent = why
  input.value = ''
  form.onsubmit = (event) => {
    event.preventDefault()
    dialog.close('use')
  }
  const answer = await opened(dialog)
  const token = input.value.trim()
  input.value = ''
  return answer === 'use' && token !== '' ? token : undefined
}

/**
 * @param {HTMLDialogElement} dialog
 * @returns {Promise<string>} the value of the button that closed it; '': it was closed otherwise
 */
function opened(dialog) {
  for (const button of dialog.querySelectorAll('button')) {
    if (button.type === 'button') button.onclick = () => dialog.close(button.value)
  }
  dialog.returnValue = ''
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue)
    dialog.showModal()
  })
}
