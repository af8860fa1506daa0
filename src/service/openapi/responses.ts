import { PROBLEMS, type ProblemName, typeOf } from '../problem.js'
import type { Header, Media, Response, Schema } from './model.js'

type Responses = Readonly<Record<string, Response>>

const TEXT: Schema = { type: 'string' }

/** On every answer of the service itself. */
const GUARDING: Readonly<Record<string, Header>> = {
  'X-Content-Type-Options': { description: 'nosniff', required: true, schema: TEXT },
  'Content-Security-Policy': {
    description: 'Nothing of an answer is run as a page.',
    required: true,
    schema: TEXT,
  },
  'Cross-Origin-Resource-Policy': { description: 'same-origin', required: true, schema: TEXT },
}

const REQUEST_ID: Header = {
  description:
    'That of the request (Request-Id or X-Request-Id), or a new one. Not on kept answers.',
  schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,128}$' },
}

/** An answer of the service. */
export function answer(
  description: string,
  content?: Readonly<Record<string, Schema>>,
  headers: Readonly<Record<string, Header>> = {},
): Response {
  return {
    description,
    headers: { ...headers, ...GUARDING, 'Request-Id': REQUEST_ID },
    ...(content !== undefined && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, schema]) => [type, { schema }]),
      ),
    }),
  }
}

export function json(description: string, name: string): Response {
  return answer(description, { 'application/json': reference(name) })
}

export function reference(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` }
}

/** Those that every operation of a namespace can be answered with. */
const OF_NAMESPACES: readonly ProblemName[] = [
  'bad-request',
  'bad-key',
  'bad-namespace',
  'unauthorized',
  'forbidden',
  'cross-site',
  'not-found',
  'internal',
  'too-many-namespaces',
]

const OF_ADMIN: readonly ProblemName[] = ['unauthorized', 'forbidden', 'cross-site']

export function namespaceProblems(...more: readonly ProblemName[]): Responses {
  return problems([...OF_NAMESPACES, ...more])
}

/** The same of a request whose answers may be kept: they say how the cache came to them. */
export function readingProblems(...more: readonly ProblemName[]): Responses {
  return problems([...OF_NAMESPACES, ...more], CACHE_STATUS)
}

export function adminProblems(...more: readonly ProblemName[]): Responses {
  return problems([...OF_ADMIN, ...more])
}

/** What the listener refuses before it is known what is asked for. */
export const REFUSED: Response = {
  description:
    'The listener refuses the request before it is known what it asks for: malformed, too long, too slow, for another host.',
  content: { 'application/problem+json': { schema: reference('AnyProblem') } },
}

const CACHE_STATUS: Readonly<Record<string, Header>> = {
  'Cache-Status': { description: 'strata; fwd=miss', schema: TEXT },
}

/** Statuses that the listener also answers with by itself, in words of its own. */
const OF_LISTENER: ReadonlySet<number> = new Set([400, 408, 413, 503])

/** One response for each status, with the problems that it may be. */
function problems(
  all: readonly ProblemName[],
  headers: Readonly<Record<string, Header>> = {},
): Responses {
  const statuses = [...new Set(all.map((name) => PROBLEMS[name][0]))].toSorted((a, b) => a - b)
  const responses = statuses.map((status): [string, Response] => {
    const names = all.filter((name) => PROBLEMS[name][0] === status)
    const own = problem(status, names, headers)
    return [String(status), OF_LISTENER.has(status) ? orRefused(own) : own]
  })
  return { ...Object.fromEntries(responses), default: REFUSED }
}

function orRefused({ description, headers = {}, content = {} }: Response): Response {
  const optional = Object.entries(headers).map(([name, header]): [string, Header] => [
    name,
    { ...header, required: false },
  ])
  const either = Object.entries(content).map(([type, { schema }]): [string, Media] => [
    type,
    { schema: { oneOf: [schema, reference('AnyProblem')] } },
  ])
  return {
    description: `${description} Or the listener refuses it.`,
    headers: Object.fromEntries(optional),
    content: Object.fromEntries(either),
  }
}

function problem(
  status: number,
  names: readonly ProblemName[],
  headers: Readonly<Record<string, Header>>,
): Response {
  const description = names.map((name) => `\`${name}\`: ${PROBLEMS[name][1]}.`).join(' ')
  const schema: Schema = {
    allOf: [
      reference('Problem'),
      { properties: { status: { const: status }, type: { enum: names.map(typeOf) } } },
    ],
  }
  const content = { 'application/problem+json': schema }
  return answer(description, content, { ...headers, ...headersOf(names) })
}

function headersOf(names: readonly ProblemName[]): Readonly<Record<string, Header>> {
  const retry: Header = {
    description: 'Seconds after which to try again.',
    schema: { type: 'string', pattern: '^\\d+$' },
  }
  const challenge: Header = { description: 'Bearer', required: true, schema: { const: 'Bearer' } }
  return {
    ...(names.includes('unauthorized') && { 'WWW-Authenticate': challenge }),
    ...(names.some((name) => PROBLEMS[name][0] === 503) && { 'Retry-After': retry }),
    ...(names.includes('not-found') && {
      'Strata-Lease': {
        description:
          'You are to load the value, and to put it with this: the token of the lease, and its seconds.',
        schema: { type: 'string', pattern: '^[\\x21-\\x7e]+; ttl=\\d+$' },
      },
    }),
  }
}
