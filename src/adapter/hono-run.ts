import type { Context, Next } from 'hono'

type Handler = (c: Context, next: Next) => unknown

/** A route's handlers and where its parameters stand, as Hono's router found them. */
type Matched = readonly [
  handlers: readonly (readonly [route: readonly [handler: Handler, ...unknown[]], ...unknown[]])[],
  ...unknown[],
]

interface ContextOptions {
  readonly env: unknown
  readonly executionCtx: unknown
  readonly path: string
  readonly matchResult: unknown
  readonly notFoundHandler: () => unknown
}

/**
 * Runs what stands behind a middleware on a context of its own: the response that a context has once been given cannot be
 * taken back, and while a new one is made behind their backs clients are given what is stored. The context sees the request it is given,
 * and what middleware before has put into variables and validated.
 */
export async function runBehind(c: Context, request: Request): Promise<Response> {
  const matched = matchedOf(c)
  const own = contextLike(c, request, matched)
  await step(own, matched[0], c.req.routeIndex + 1)
  return own.res
}

function contextLike(c: Context, request: Request, matchResult: Matched): Context {
  const Like = c.constructor as new (request: Request, options: ContextOptions) => Context
  const own = new Like(request, {
    env: c.env,
    executionCtx: executionOf(c),
    path: c.req.path,
    matchResult,
    notFoundHandler: () => c.notFound(),
  })
  for (const [name, value] of Object.entries(c.var as object)) own.set(name, value)
  for (const target of ['json', 'form', 'param'] as const) {
    const valid: unknown = c.req.valid(target as never)
    if (valid !== undefined) own.req.addValidatedData(target, valid as object)
  }
  const layout = c.getLayout()
  if (layout !== undefined) own.setLayout(layout)
  own.setRenderer(async (...args: unknown[]) => {
    const drawn = await (c.render as (...args: unknown[]) => Promise<Response>)(...args)
    const { status, headers } = drawn
    return own.newResponse(drawn.body, { status: status as 200, headers: [...headers] as never })
  })
  return own
}

/** As Hono's `compose`: a handler that returns a response ends the chain, one that calls `next` looks at it. */
async function step(c: Context, handlers: Matched[0], at: number): Promise<void> {
  const handler = handlers[at]?.[0][0]
  if (handler === undefined) {
    if (!c.finalized) c.res = await c.notFound()
    return
  }
  c.req.routeIndex = at
  const response = await handler(c, () => step(c, handlers, at + 1))
  if (response !== undefined && response !== null && !c.finalized) c.res = response as Response
}

function executionOf(c: Context): unknown {
  try {
    return c.executionCtx
  } catch {
    return undefined // there is none outside of workers
  }
}

/** Hono keeps what it matched behind a symbol of its own. */
function matchedOf({ req }: Context): Matched {
  const prototype = Object.getPrototypeOf(req) as object
  for (const symbol of Object.getOwnPropertySymbols(prototype)) {
    const value: unknown = Reflect.get(req, symbol)
    if (Array.isArray(value) && Array.isArray(value[0])) return value as unknown as Matched
  }
  throw new Error('strata-cache/hono needs Hono 4.8 or newer')
}
