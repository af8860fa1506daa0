import type { Context } from '../server/context.js'
import type { Handler } from '../server/options.js'
import type { Reply } from '../server/reply.js'
import type { Access, Scope } from './access.js'
import { GUARDING_FIELDS } from './answer-fields.js'
import { toldOf } from './failure.js'
import { assertParameters } from './known-parameters.js'
import { type ProblemOptions, problemReply, Refusal } from './problem.js'
import { requestIdOf } from './request-id.js'
import { isCrossSite } from './site.js'
import { unauthorizedDetail } from './unauthorized-detail.js'
import type { Space, Spaces } from './spaces.js'

export interface GuardParts {
  readonly access: () => Access
  readonly spaces: Spaces
  /** Told of what was not expected. */
  readonly onFault: (what: string, error: unknown) => void
}

export interface Guard {
  /** One of them is enough. */
  readonly scopes: (c: Context) => readonly Scope[]
  /** Names of the parameters that its query may have. */
  readonly parameters: readonly string[]
  /** The answer may be kept for others: it is made without a look at what tells one client from another. */
  readonly isKept?: boolean
}

/** Answers one request of a namespace. What it throws is answered as a problem. */
export type SpaceHandler = (c: Context, space: Space) => Promise<Reply>

/** A handler behind all that is asked of every request: where it comes from, who sent it, whether its namespace is one. */
export function guarded(parts: GuardParts, guard: Guard, handle: SpaceHandler): Handler {
  return async (c) => {
    const isKept = guard.isKept === true
    try {
      const reply = await handle(c, admitted(parts, guard, c))
      return finished(reply, isKept ? undefined : idOf(c))
    } catch (error) {
      const id = idOf(c)
      return finished(refusalOf(parts, c, error, id), id)
    }
  }
}

/** Throws `Refusal`. */
function admitted(parts: GuardParts, { scopes, parameters, isKept }: Guard, c: Context): Space {
  if (isCrossSite(c)) throw new Refusal('cross-site')
  const { namespace = '' } = c.params
  const access = parts.access()
  // an answer that is kept is for everybody: where not everybody may have it, the configuration has just changed
  if (isKept === true) {
    if (!access.isOpen) throw new Refusal('unauthorized')
  } else {
    assertAllowed(access, c.req.header('authorization'), scopes(c), namespace)
  }
  assertParameters(c, parameters)
  return parts.spaces.of(namespace)
}

function assertAllowed(
  access: Access,
  authorization: string | undefined,
  scopes: readonly Scope[],
  namespace: string,
): void {
  const said = scopes.map((scope) => access.check(authorization, scope, namespace))
  if (said.includes('allowed')) return
  if (said.includes('forbidden')) throw new Refusal('forbidden')
  throw new Refusal('unauthorized', unauthorizedDetail(authorization))
}

function refusalOf(parts: GuardParts, c: Context, error: unknown, instance: string): Reply {
  const told = toldOf(error)
  if (told !== undefined) {
    const options: ProblemOptions = { detail: told.detail, instance, fields: fieldsOf(error) }
    return problemReply(told.problem, options)
  }
  // a client that has gone has no use for an answer, and its handler none for the rest
  if (!c.req.signal.aborted) parts.onFault(`${c.name ?? c.req.method}, request ${instance}`, error)
  return problemReply('internal', { instance })
}

function fieldsOf(error: unknown): ProblemOptions['fields'] {
  return error instanceof Refusal ? error.fields : undefined
}

/** By the request as it came: what a refusal says is for its client alone. */
function idOf(c: Context): string {
  return requestIdOf(c.req.incoming.fields)
}

function finished(reply: Reply, id: string | undefined): Reply {
  const own = id === undefined ? GUARDING_FIELDS : [...GUARDING_FIELDS, 'request-id', id]
  return reply.withFields([...reply.fields, ...own])
}
