import { parseDirectives } from './directives.js'
import type { Visit } from './exchange.js'
import { hasField, linesOf } from './fields.js'
import { passed } from './fetch-response.js'
import type { HttpResponse } from './message.js'
import type { ResponseSpace } from './response-space.js'

/** Asks the origin past the cache. `detail`: why, for Cache-Status. */
export async function pass(visit: Visit, detail: string): Promise<HttpResponse> {
  const response = await visit.origin(visit.request, visit.signal)
  return passed({ visit, forward: 'bypass' }, response, detail)
}

/** The same for a key of which the last response was for one client only; perhaps this one is not. */
export async function passUnwaited(
  { hitForMiss }: ResponseSpace,
  visit: Visit,
  key: string,
): Promise<HttpResponse> {
  const response = await visit.origin(visit.request, visit.signal)
  if (isForOthers(visit, response)) hitForMiss.forget(key)
  return passed({ visit, forward: 'bypass' }, response, 'hit-for-miss')
}

/** Whether it looks like one that could be stored; the next load decides. */
function isForOthers({ unshareable }: Visit, response: HttpResponse): boolean {
  const { fields } = response
  if (hasField(fields, 'set-cookie') || unshareable?.(response) !== undefined) return false
  const said = parseDirectives(linesOf(fields, 'cache-control'))
  return !said.noStore && said.private === false
}
