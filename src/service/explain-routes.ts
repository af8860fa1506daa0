import type { HttpRequest } from '../http/message.js'
import type { Step } from '../http/step.js'
import { createRoutes, type Routes } from '../server/routes.js'
import { NEVER_KEPT } from './answer-fields.js'
import { problemReply } from './problem.js'

/** How the service's HTTP cache would answer a request. */
export type Explainer = (request: HttpRequest) => Promise<readonly Step[]>

/** For a URL that is only a path: where requests for the origin come from does not matter to it. */
const ANYWHERE = 'http://127.0.0.1'

/**
 * `GET /explain?method=GET&url=/posts/1` (and `header=name:value`, also several): the decision chain. To be mounted behind what
 * judges who may ask. Without an explainer there is no origin, and that is said.
 */
export function explainRoutes(explain: Explainer | undefined): Routes {
  return createRoutes().get('/explain', async (c) => {
    const method = c.req.query('method') ?? 'GET'
    const url = urlOf(c.req.query('url') ?? '')
    const fields = c.req.queries('header').map(fieldOf)
    if (url === undefined || !/^[A-Z]{3,16}$/.test(method) || fields.includes(undefined)) {
      return problemReply('bad-request', { detail: 'method=GET, url=/path, header=name:value' })
    }
    const request = {
      method,
      scheme: url.protocol === 'https:' ? ('https' as const) : ('http' as const),
      authority: url.host,
      target: url.pathname + url.search,
      fields: fields.flatMap((field) => field ?? []),
    }
    const steps = explain === undefined ? withoutOrigin(request) : await explain(request)
    return c.json({ steps }, 200, NEVER_KEPT)
  })
}

function urlOf(text: string): URL | undefined {
  if (text.startsWith('/'))
    return URL.canParse(ANYWHERE + text) ? new URL(ANYWHERE + text) : undefined
  return /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined
}

function fieldOf(text: string): [name: string, value: string] | undefined {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):[\t ]*([\t\x20-\x7e]*)$/.exec(text) ?? []
  return name === undefined || value === undefined ? undefined : [name.toLowerCase(), value]
}

function withoutOrigin({ method, target }: HttpRequest): readonly Step[] {
  return [
    { step: 'request', says: `${method} ${target}` },
    {
      step: 'origin',
      says: 'this service has none: it answers for keys under /v1/, and forwards nothing',
      detail: ["a service with an origin ('strata serve --origin URL') caches its responses"],
    },
  ]
}
