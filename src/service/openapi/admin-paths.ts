import type { Operation, Paths, Response, Schema } from './model.js'
import { adminProblems, answer, json, reference, REFUSED } from './responses.js'
import { BEARER, KEY, NAMESPACE } from './value-paths.js'

function get(
  operationId: string,
  summary: string,
  responses: Readonly<Record<string, Response>>,
  more: Partial<Operation> = {},
): { readonly get: Operation } {
  const tags = ['admin']
  const all = { ...adminProblems(), ...responses }
  return { get: { operationId, tags, summary, security: BEARER, responses: all, ...more } }
}

const TEXT: Schema = { type: 'string' }

/** Nothing is run there but what the service sends. */
const PAGE_HEADERS = Object.fromEntries(
  ['Content-Security-Policy', 'X-Content-Type-Options', 'Cross-Origin-Resource-Policy'].map(
    (name) => [name, { description: 'As it is best for a page.', required: true, schema: TEXT }],
  ),
)

const PAGE: Operation['responses'] = {
  200: { description: 'The file.', headers: PAGE_HEADERS, content: { '*/*': { schema: {} } } },
  304: { description: 'It is the one of If-None-Match.', headers: PAGE_HEADERS },
  default: REFUSED,
}

const NO_FILE: Response = {
  description: '`not-found`: There is no such file.',
  content: { 'application/problem+json': { schema: reference('Problem') } },
}

/** What tells of nothing, and is for everybody. */
function page(operationId: string, summary: string, more: Partial<Operation> = {}) {
  const tags = ['admin']
  return { get: { operationId, tags, summary, security: [], responses: PAGE, ...more } }
}

const EVENTS = {
  ...adminProblems('too-many-followers'),
  200: answer('Server-sent events `stats`, each with a Stats as its data.', {
    'text/event-stream': TEXT,
  }),
}

const INSPECTED = {
  ...adminProblems('bad-key', 'bad-namespace'),
  200: json('Nothing is changed by this.', 'KeyInspection'),
}

const EXPLAINED = {
  ...adminProblems('bad-request'),
  200: json('Nothing is asked of the origin.', 'Explanation'),
}

const TAILED = {
  ...adminProblems('bad-request', 'too-many-followers'),
  200: answer('Server-sent events `reads`, each with a Tail as its data.', {
    'text/event-stream': TEXT,
  }),
}

const READS: Operation['parameters'] = [
  {
    name: 'outcome',
    in: 'query',
    description: 'hit, stale, miss, bypass or error; also several.',
    schema: { type: 'array', items: TEXT },
  },
  { name: 'namespace', in: 'query', description: 'Of this one only.', schema: TEXT },
  { name: 'prefix', in: 'query', description: 'Of keys that begin so only.', schema: TEXT },
]

const REQUEST: Operation['parameters'] = [
  { name: 'method', in: 'query', description: 'Default GET.', schema: TEXT },
  {
    name: 'url',
    in: 'query',
    required: true,
    description: 'Of a request, or its path.',
    schema: TEXT,
  },
  {
    name: 'header',
    in: 'query',
    description: 'A field of it, `name: value`; also several.',
    schema: { type: 'array', items: TEXT },
  },
]

export const ADMIN_PATHS: Paths = {
  '/readyz': get('readiness', 'Whether requests should be sent here', {
    200: json('They should: ready, or degraded while Redis does not answer.', 'Readiness'),
    503: json('They should not: starting or closing.', 'Readiness'),
  }),
  '/metrics': get('metrics', 'Metrics for Prometheus', {
    200: answer('In its text format.', { 'text/plain': TEXT }),
  }),
  '/openapi.json': get('openapi', 'This description', {
    200: answer('OpenAPI 3.1.', { 'application/json': { type: 'object' } }),
  }),
  '/stats': get('stats', 'What the dashboard shows', { 200: json('A snapshot.', 'Stats') }),
  '/events': get('events', 'The same, once a second', EVENTS),
  '/inspect/{namespace}/{key}': get(
    'inspectKey',
    'Where a key lives, and why a read would not find it fresh',
    INSPECTED,
    { parameters: [NAMESPACE, KEY] },
  ),
  '/explain': get('explainRequest', 'How the proxy would answer a request, and why', EXPLAINED, {
    parameters: REQUEST,
  }),
  '/tail': get('tail', 'Reads as they happen', TAILED, { parameters: READS }),
  '/': page('dashboard', 'The dashboard'),
  '/assets/{name}': page('asset', 'A file of the dashboard', {
    parameters: [
      { name: 'name', in: 'path', required: true, description: 'Of the file.', schema: TEXT },
    ],
    responses: { ...PAGE, 404: NO_FILE },
  }),
}
