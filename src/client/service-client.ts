import { knownOptions, parseFlag } from '../entry/option.js'
import { InvalidOptionError } from '../errors.js'
import { pathOf } from './address.js'
import { type Answer, failureOf, jsonOf } from './answer.js'
import type {
  Client,
  ClientEntry,
  ClientLoadContext,
  ClientLoadOptions,
  ClientPurge,
  ClientReading,
  ClientSetOptions,
  ClientStored,
  ClientWriteResult,
  ClientWritten,
} from './client.js'
import type { Connection } from './connection.js'
import type { Flights } from './flights.js'
import { getOrLoad } from './get-or-load.js'
import { loadLimits, VALUE_NAMES } from './load-options.js'
import { getMany, type Post, setMany } from './many.js'
import { readingOf } from './reading.js'
import { type ClientSettings, parseNamespace } from './settings.js'
import { bodyOf } from './value-body.js'
import { tagsOf, valueHeaders } from './value-headers.js'

/** What the namespaces of a client share. */
export interface Shared {
  readonly settings: ClientSettings
  readonly connection: Connection
  readonly flights: Flights
}

export class ServiceClient implements Client {
  readonly #shared: Shared
  readonly #namespace: string

  constructor(shared: Shared, namespace: string) {
    this.#shared = shared
    this.#namespace = namespace
  }

  async get<T>(key: string): Promise<T | undefined> {
    return (await this.read(key))?.value as T | undefined
  }

  async read(key: string): Promise<ClientReading | undefined> {
    const answer = await this.#shared.connection.ask({
      method: 'GET',
      path: pathOf(this.#namespace, key),
      expected: [200, 404],
      repeatable: true,
    })
    if (answer.status === 200) return readingOf(answer)
    // A namespace that is not served, or another program on that port, is no miss.
    if (/\bfwd=/.test(answer.headers.get('cache-status') ?? '')) return undefined
    throw failureOf(answer)
  }

  async getOrLoad<T>(
    key: string,
    load: (context: ClientLoadContext) => T | Promise<T>,
    options: ClientLoadOptions = {},
  ): Promise<T> {
    if (typeof load !== 'function') throw new InvalidOptionError('load', load, 'a function')
    pathOf(this.#namespace, key)
    const limits = loadLimits(options)
    const { settings, connection, flights } = this.#shared
    const namespace = this.#namespace
    return (await flights.ride(`${namespace}/${key}`, options.signal, (signal) =>
      getOrLoad({
        connection,
        namespace,
        key,
        load,
        options,
        limits,
        signal,
        report: (error, operation) => settings.onError(error, { namespace, key, operation }),
      }),
    )) as T
  }

  async set(key: string, value: unknown, options: ClientSetOptions = {}): Promise<ClientWritten> {
    knownOptions(options, [...VALUE_NAMES, 'ifMatch', 'ifAbsent'])
    const { type, body } = bodyOf(value, options.type)
    const condition = conditionOf(options)
    const answer = await this.#shared.connection.ask({
      method: 'PUT',
      path: pathOf(this.#namespace, key),
      headers: { ...valueHeaders(options), ...condition, 'content-type': type },
      body,
      expected: [204, 412],
      // What the first of two has written would refuse the second.
      repeatable: Object.keys(condition).length === 0,
    })
    return { result: resultOf(answer), etag: answer.headers.get('etag') ?? undefined }
  }

  async delete(key: string, options: { ifMatch?: string } = {}): Promise<ClientWriteResult> {
    knownOptions(options, ['ifMatch'])
    const condition = conditionOf(options)
    const answer = await this.#shared.connection.ask({
      method: 'DELETE',
      path: pathOf(this.#namespace, key),
      headers: condition,
      expected: [204, 412],
      repeatable: Object.keys(condition).length === 0,
    })
    return resultOf(answer)
  }

  getMany<T>(keys: readonly string[]): Promise<Map<string, T>> {
    return getMany(this.#post, keys) as Promise<Map<string, T>>
  }

  setMany(entries: readonly ClientEntry[]): Promise<ClientStored> {
    return setMany(this.#post, entries)
  }

  async purge(what: ClientPurge): Promise<'applied' | 'queued'> {
    const { tags, keys, urls, routes, all = false, soft = false } = what
    knownOptions(what, ['tags', 'keys', 'urls', 'routes', 'all', 'soft'])
    parseFlag(all, 'all')
    parseFlag(soft, 'soft')
    const named = [tags, keys, urls, routes].flatMap((some) => some ?? [])
    if (!all && named.length === 0) {
      throw new InvalidOptionError('purge', what, 'tags, keys, urls, routes, or all: true')
    }
    // URLs and routes are known in one namespace only: what is not said is left out
    const json = JSON.stringify({ tags: tagsOf(tags), keys: keys ?? [], urls, routes, all, soft })
    const answer = (await this.#post('_purge', json)) as { result?: unknown }
    return answer.result === 'queued' ? 'queued' : 'applied'
  }

  namespace(name: string): Client {
    return new ServiceClient(this.#shared, parseNamespace(name))
  }

  readonly #post = async (action: Parameters<Post>[0] | '_purge', json: string): Promise<unknown> =>
    jsonOf(
      await this.#shared.connection.ask({
        method: 'POST',
        path: `/v1/${this.#namespace}/${action}`,
        headers: { 'content-type': 'application/json' },
        body: json,
        expected: [200],
        repeatable: true,
      }),
    )
}

function conditionOf({ ifMatch, ifAbsent = false }: ClientSetOptions): Record<string, string> {
  parseFlag(ifAbsent, 'ifAbsent')
  if (ifMatch === undefined) return ifAbsent ? { 'if-none-match': '*' } : {}
  if (ifAbsent) throw new InvalidOptionError('ifAbsent', true, 'not beside ifMatch')
  if (typeof ifMatch !== 'string' || !/^(\*|"[\x21\x23-\x7e]*")$/.test(ifMatch)) {
    throw new InvalidOptionError('ifMatch', ifMatch, "the etag of a reading, or '*'")
  }
  return { 'if-match': ifMatch }
}

function resultOf({ status, headers }: Answer): ClientWriteResult {
  if (status === 412) return 'refused'
  return headers.get('strata-write') === 'queued' ? 'queued' : 'applied'
}
