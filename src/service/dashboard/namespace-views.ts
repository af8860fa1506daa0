import type { CacheStats } from '../../cache/stats.js'
import { NamespaceLabels } from '../../telemetry/namespace-labels.js'
import type { NamespaceCounts } from './stats-view.js'

type Counts = Pick<
  CacheStats,
  'namespace' | 'reads' | 'loads' | 'loadFailures' | 'revoked' | 'recordFaults'
>

/** The name that URLs have for a namespace: what comes behind the root's. */
export function nameIn(root: string, namespace: string): string | undefined {
  return namespace.startsWith(`${root}.`) ? namespace.slice(root.length + 1) : undefined
}

/** What is shown of each namespace: the first hundred by their names, all others as one. */
export class NamespaceViews {
  readonly #root: string
  readonly #labels = new NamespaceLabels()

  constructor(root: string) {
    this.#root = root
  }

  of(all: readonly CacheStats[]): NamespaceCounts[] {
    const shown = new Map<string, NamespaceCounts>()
    for (const stats of all) {
      const namespace = this.#labels.of(stats.namespace)
      const before = shown.get(namespace)
      const counts = before === undefined ? countsOf(stats) : sumOf(before, stats)
      shown.set(namespace, { ...counts, namespace, name: nameIn(this.#root, namespace) })
    }
    return [...shown.values()]
  }
}

function countsOf(stats: Counts): Counts {
  const { namespace, reads, loads, loadFailures, revoked, recordFaults } = stats
  return { namespace, reads, loads, loadFailures, revoked, recordFaults }
}

function sumOf(a: Counts, b: Counts): Counts {
  return {
    namespace: a.namespace,
    reads: readsOf(a.reads, b.reads),
    loads: a.loads + b.loads,
    loadFailures: a.loadFailures + b.loadFailures,
    revoked: a.revoked + b.revoked,
    recordFaults: a.recordFaults + b.recordFaults,
  }
}

function readsOf(a: Counts['reads'], b: Counts['reads']): Counts['reads'] {
  const sum: Record<string, Record<string, number>> = structuredClone(a)
  for (const [outcome, tiers] of Object.entries(b)) {
    const into = (sum[outcome] ??= {})
    for (const [tier, count] of Object.entries(tiers)) into[tier] = (into[tier] ?? 0) + count
  }
  return sum
}
