import type { Fields } from '../http/fields.js'
import { Reply } from '../server/reply.js'

export type ProblemName =
  | 'bad-request'
  | 'bad-key'
  | 'bad-namespace'
  | 'bad-json'
  | 'unauthorized'
  | 'forbidden'
  | 'cross-site'
  | 'not-found'
  | 'not-acceptable'
  | 'timeout'
  | 'lease-revoked'
  | 'precondition-failed'
  | 'too-large'
  | 'key-too-long'
  | 'unsupported-media-type'
  | 'not-stored'
  | 'internal'
  | 'busy'
  | 'unavailable'
  | 'too-many-followers'
  | 'quota-exceeded'
  | 'too-many-namespaces'

/** Every refusal of the service: the last part of its `type`, its status, its title. The documentation is held against it. */
export const PROBLEMS: Readonly<Record<ProblemName, readonly [status: number, title: string]>> = {
  'bad-request': [400, 'The request cannot be understood'],
  'bad-key': [400, 'The key cannot be one'],
  'bad-namespace': [400, 'The namespace cannot be one'],
  'bad-json': [400, 'The body is not the JSON that is expected'],
  unauthorized: [401, 'A token is needed'],
  forbidden: [403, 'The token does not allow this'],
  'cross-site': [403, 'Requests of web pages of other sites are refused'],
  'not-found': [404, 'Nothing is there'],
  'not-acceptable': [406, 'The value cannot be answered in a form that is accepted'],
  timeout: [408, 'The body does not come'],
  'lease-revoked': [409, 'The lease is not held any more'],
  'precondition-failed': [412, 'The condition does not hold'],
  'too-large': [413, 'The body is too large'],
  'key-too-long': [414, 'The key is too long'],
  'unsupported-media-type': [415, 'The body is of a type that is not taken here'],
  'not-stored': [422, 'The value cannot be stored'],
  internal: [500, 'The service failed'],
  busy: [503, 'Somebody else loads the value, and is not done yet'],
  unavailable: [503, 'What is needed for this cannot be asked now'],
  'too-many-followers': [503, 'As many follow the events as may'],
  'quota-exceeded': [507, 'The quota of the namespace is used up'],
  'too-many-namespaces': [507, 'There are as many namespaces as are allowed'],
}

export interface ProblemOptions {
  /** What may be said of this very case: never a value, a token, or what is inside of the service. */
  readonly detail?: string | undefined
  /** Id of the request. */
  readonly instance?: string | undefined
  /** Further fields of the answer. */
  readonly fields?: Fields | undefined
}

/** The `type` of a problem. */
export function typeOf(name: ProblemName): string {
  return `https://strata-cache.dev/problems/${name}`
}

/** Fields that belong to some of them. */
const OWN_FIELDS: Partial<Record<ProblemName, Fields>> = {
  unauthorized: ['www-authenticate', 'Bearer'],
  busy: ['retry-after', '1'],
  unavailable: ['retry-after', '1'],
  'too-many-followers': ['retry-after', '10'],
}

/** A refusal as RFC 9457 has it. Never kept by anybody. */
export function problemReply(name: ProblemName, options: ProblemOptions = {}): Reply {
  const { detail, instance, fields = [] } = options
  const [status, title] = PROBLEMS[name]
  const type = typeOf(name)
  return new Reply(
    status,
    [
      'content-type',
      'application/problem+json',
      'cache-control',
      'no-store',
      ...(OWN_FIELDS[name] ?? []),
      ...fields,
    ],
    JSON.stringify({ type, title, status, detail, instance }),
  )
}

/** Thrown where a request is found to be one to refuse; answered as its problem. */
export class Refusal extends Error {
  readonly problem: ProblemName
  readonly detail: string | undefined
  readonly fields: Fields | undefined

  constructor(problem: ProblemName, detail?: string, fields?: Fields) {
    super(detail ?? PROBLEMS[problem][1])
    this.problem = problem
    this.detail = detail
    this.fields = fields
  }
}
