import type { HttpRequest } from '../http/message.js'
import type { Incoming } from './incoming.js'

/** A request with the path as routes have it, which is what the key has. */
export function routedRequest(
  { method, scheme, authority, fields }: HttpRequest,
  path: string,
  query: string,
): HttpRequest {
  return { method, scheme, authority, target: targetOf(path, query), fields }
}

/** The same for a look into memory: fields are not read unless somebody asks for them. It is no plain object to be spread. */
export class LookedRequest implements HttpRequest {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly isPlain: boolean | undefined
  readonly #incoming: Incoming

  constructor(incoming: Incoming, path: string, query: string) {
    this.method = incoming.method
    this.scheme = incoming.scheme
    this.authority = incoming.authority
    this.target = targetOf(path, query)
    this.isPlain = incoming.isPlain
    this.#incoming = incoming
  }

  get fields(): HttpRequest['fields'] {
    return this.#incoming.fields
  }
}

function targetOf(path: string, query: string): string {
  return query === '' ? path : `${path}?${query}`
}
