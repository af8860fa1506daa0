import type { Header, Operation, Parameter, Paths, Schema } from './model.js'
import { answer, namespaceProblems, readingProblems } from './responses.js'

const TEXT: Schema = { type: 'string' }

/** Without tokens nobody is asked for one. */
export const BEARER: NonNullable<Operation['security']> = [{}, { bearer: [] }]

export const NAMESPACE: Parameter = {
  name: 'namespace',
  in: 'path',
  required: true,
  description:
    'Not beginning with _. `http` holds the responses of the proxy: it can be read and purged.',
  schema: { type: 'string', pattern: '^(?!_)[A-Za-z0-9._-]{1,64}$' },
}

export const KEY: Parameter = {
  name: 'key',
  in: 'path',
  required: true,
  description: 'The rest of the path, which may hold /. Decoded once; not beginning with _.',
  schema: { type: 'string', minLength: 1 },
}

const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  description: 'Only if the value is one of these, or with * if there is one; else 412.',
  schema: TEXT,
}

const ETAG: Header = {
  description: 'Identity of the value.',
  schema: { type: 'string', pattern: '^"[\\x21\\x23-\\x7e]+"$' },
}

const WRITE: Header = {
  description: 'Redis has still to be told; it will be.',
  schema: { const: 'queued' },
}

const LEASE_TOKEN: Parameter = {
  name: 'Strata-Lease',
  in: 'header',
  description: 'Of the 404 that told you to load: only as long as that lease is held; else 409.',
  schema: TEXT,
}

function header(name: string, description: string): Parameter {
  return { name, in: 'header', description, schema: TEXT }
}

function query(name: string, description: string): Parameter {
  return { name, in: 'query', description, schema: TEXT }
}

/** Of whatever type the value is. */
const ANY = { '*/*': {} }

const VALUE_HEADERS: Readonly<Record<string, Header>> = {
  ETag: { ...ETAG, required: true },
  Age: {
    description: 'Seconds since it was stored.',
    required: true,
    schema: { type: 'string', pattern: '^\\d+$' },
  },
  'Cache-Status': {
    description: 'strata; hit; ttl=SECONDS. Below 0: it is stale, and somebody loads it.',
    required: true,
    schema: { type: 'string', pattern: '^strata; hit; ttl=-?\\d+' },
  },
  'Cache-Control': { description: 'no-cache', required: true, schema: TEXT },
}

function reading(method: 'get' | 'head', operationId: string): Operation {
  return {
    operationId,
    tags: ['values'],
    summary: method === 'get' ? 'A value' : 'The head of a value',
    description:
      'What is there and fresh. With `lease`, where nothing is: the right to load it (404 with Strata-Lease), or what somebody else loads meanwhile.',
    security: BEARER,
    parameters: [
      NAMESPACE,
      KEY,
      query(
        'lease',
        '100ms .. 1m: how long you need to load the value. Empty: 5s. Needs scope write.',
      ),
      query('wait', '0 .. 30s: how long to wait for somebody who loads it. Default 2s.'),
      header(
        'Accept',
        'Values, not bytes: application/json, or application/vnd.msgpack for those that JSON does not have.',
      ),
      header('If-None-Match', '304 if the value is one of these.'),
      header('Request-Id', 'Told in the answer and in the log.'),
    ],
    responses: {
      200: answer('The value.', method === 'get' ? ANY : undefined, VALUE_HEADERS),
      304: answer('It is the one of If-None-Match.', undefined, VALUE_HEADERS),
      ...readingProblems('unavailable', 'not-acceptable', 'key-too-long', 'busy'),
    },
  }
}

const put: Operation = {
  operationId: 'putValue',
  tags: ['values'],
  summary: 'Store a value',
  description:
    'application/json and application/vnd.msgpack are stored as values, which a program of the library sees as such; anything else as bytes with its type.',
  security: BEARER,
  parameters: [
    NAMESPACE,
    KEY,
    header(
      'Cache-Control',
      'max-age: its ttl in seconds, 0 to delete it; stale-while-revalidate, stale-if-error: its grace.',
    ),
    header('Cache-Tag', 'Tags, with commas between.'),
    IF_MATCH,
    header('If-None-Match', 'With *: only if nothing is there; else 412.'),
    LEASE_TOKEN,
  ],
  requestBody: { required: true, content: { '*/*': { schema: {} } } },
  responses: {
    204: answer('It is stored.', undefined, { ETag: ETAG, 'Strata-Write': WRITE }),
    ...namespaceProblems(
      'unavailable',
      'bad-json',
      'timeout',
      'lease-revoked',
      'precondition-failed',
      'too-large',
      'key-too-long',
      'unsupported-media-type',
      'not-stored',
      'quota-exceeded',
    ),
  },
}

const remove: Operation = {
  operationId: 'deleteValue',
  tags: ['values'],
  summary: 'Delete a value, or give a lease up',
  security: BEARER,
  parameters: [NAMESPACE, KEY, query('lease', 'The token of a lease that is given up.'), IF_MATCH],
  responses: {
    204: answer('It is not there, or the lease was given up.', undefined, {
      'Strata-Write': WRITE,
    }),
    ...namespaceProblems('unavailable', 'lease-revoked', 'precondition-failed', 'key-too-long'),
  },
}

export const VALUE_PATHS: Paths = {
  '/v1/{namespace}/{key}': {
    get: reading('get', 'getValue'),
    head: reading('head', 'headValue'),
    put,
    delete: remove,
  },
}
