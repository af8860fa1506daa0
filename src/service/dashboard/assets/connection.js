/** Requests to the service, with the token that it wants. */

import { askToken } from './dialog.js'

const KEPT_AS = 'strata-token'

const ADDRESS = document.baseURI

/** The user gave no token where one is needed. */
export class NoToken extends Error {}

/** @type {Promise<string | undefined> | undefined} */
let asking

/**
 * Sends a request. Where the token is not good (it may have been withdrawn meanwhile), a new one is asked for, and it is sent
 * again. Rejects with `NoToken` when none is given.
 *
 * @param {string} path below the page
 * @param {Omit<RequestInit, 'headers'> & { readonly headers?: Readonly<Record<string, string>> }} [init]
 * @returns {Promise<Response>}
 */
export async function request(path, { headers, ...init } = {}) {
  for (;;) {
    const token = sessionStorage.getItem(KEPT_AS)
    const response = await fetch(new URL(path, ADDRESS), {
      ...init,
      cache: 'no-store',
      headers: { ...headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
    })
    if (response.status !== 401) return response
    void response.body?.cancel()
    await newToken(token)
  }
}

/**
 * What an answer that is no success says, for the user.
 *
 * @param {Response} response
 * @returns {Promise<string>}
 */
export async function problemOf(response) {
  const type = response.headers.get('content-type') ?? ''
  if (!type.startsWith('application/problem+json')) return `The service answered ${response.status}`
  const problem = /** @type {{ title?: string, detail?: string }} */ (await response.json())
  const { title = `The service answered ${response.status}`, detail } = problem
  return detail === undefined ? title : `${title}: ${detail}`
}

/**
 * One dialog, however many requests are refused at once.
 *
 * @param {string | null} refused
 */
async function newToken(refused) {
  // another request has asked for one since this was sent
  if (sessionStorage.getItem(KEPT_AS) !== refused) return
  asking ??= askToken(
    refused === null
      ? 'This service answers only who has one.'
      : 'The service does not take the one you gave, or takes it no longer.',
  ).finally(() => {
    asking = undefined
  })
  const token = await asking
  if (token === undefined) throw new NoToken()
  sessionStorage.setItem(KEPT_AS, token)
}
