import type { Inspection } from '../cache/inspection.js'
import type { Directives } from './directives.js'
import type { Use } from './reusable.js'
import type { Step } from './step.js'
import type { StoredResponse } from './stored-response.js'

export interface UseParts {
  readonly stored: StoredResponse
  readonly use: Use
  /** Of the request, as far as they count. */
  readonly directives: Directives
  readonly inspection: Inspection
}

/** What is stored, and what is done with it now. */
export function explainUse(parts: UseParts): readonly Step[] {
  return [storedStep(parts), freshnessStep(parts), answerStep(parts)]
}

function storedStep({ stored, inspection }: UseParts): Step {
  const { tier = 'nowhere' } = inspection
  return { step: 'stored', says: `${stored.status}, ${stored.body.length} bytes, in ${tier}` }
}

function freshnessStep({ stored: { lifetime }, use, directives }: UseParts): Step {
  const left = lifetime.freshFor - use.age
  const says =
    left > 0
      ? `fresh for ${seconds(left)} more (age ${seconds(use.age)} of ${seconds(lifetime.freshFor)})`
      : `stale for ${seconds(-left)} (age ${seconds(use.age)}, fresh for ${seconds(lifetime.freshFor)})`
  const detail = [
    ...(lifetime.noCache ? ['no-cache: not used without asking the origin'] : []),
    ...(lifetime.mustRevalidate ? ['must-revalidate: never used stale'] : []),
    ...window('stale-while-revalidate', lifetime.staleWhileRevalidate),
    ...window('stale-if-error', lifetime.staleIfError),
    ...wishes(directives),
  ]
  return { step: 'freshness', says, ...(detail.length > 0 && { detail }) }
}

function window(name: string, length: number): readonly string[] {
  return length > 0 ? [`${name}: ${seconds(length)}`] : []
}

function wishes(directives: Directives): readonly string[] {
  const { noCache, noStore, onlyIfCached, maxAge, minFresh, maxStale } = directives
  return [
    ...(noCache === false ? [] : ['the request says no-cache']),
    ...(noStore ? ['the request says no-store'] : []),
    ...(onlyIfCached ? ['the request says only-if-cached'] : []),
    ...(maxAge === undefined ? [] : [`the request says max-age=${maxAge}`]),
    ...(minFresh === undefined ? [] : [`the request says min-fresh=${minFresh}`]),
    ...(maxStale === undefined ? [] : [`the request says max-stale=${maxStale}`]),
  ]
}

function answerStep({ use, inspection, stored, directives }: UseParts): Step {
  const step = 'answer'
  // what was made stale by an invalidation is so whatever its age
  const isEnded = use.use === 'fresh' && inspection.outcome !== 'hit'
  if (use.use === 'fresh' && !isEnded) {
    const ttl = Math.floor((stored.lifetime.freshFor - use.age) / 1_000)
    return { step, says: `from the cache (strata; hit; ttl=${ttl})` }
  }
  if (directives.onlyIfCached)
    return { step, says: '504: only-if-cached, and nothing fresh is there' }
  const ended = isEnded ? inspection.why : []
  if (
    use.use === 'stale-while-revalidate' ||
    (isEnded && stored.lifetime.staleWhileRevalidate > 0)
  ) {
    return { step, says: 'from the cache, stale; the origin is asked behind it', detail: ended }
  }
  return {
    step,
    says: 'forwarded: the origin is asked whether it is still good',
    detail: [...ended, ...fallback(use)],
  }
}

function fallback(use: Use): readonly string[] {
  if (use.use !== 'validate') return []
  if (use.onError) return ['served stale if the origin answers with an error, or not at all']
  return use.offline
    ? ['served stale if the origin cannot be reached']
    : ['not served if the origin cannot be reached: 504']
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1_000)} s`
}
