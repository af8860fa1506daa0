import type { HrTime } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { formatDuration } from '../../demo/quantile.js'
import { PART } from './server-timing.js'

/** Spans as a tree; those of one name under one parent share a line, with how many they are and the longest of them. */
export function spanTree(spans: readonly ReadableSpan[]): string {
  const ids = new Set(spans.map((span) => span.spanContext().spanId))
  const isRoot = ({ parentSpanContext: parent }: ReadableSpan) => !parent || !ids.has(parent.spanId)
  return linesOf(spans.filter(isRoot), spans, '').join('\n')
}

function linesOf(
  siblings: readonly ReadableSpan[],
  all: readonly ReadableSpan[],
  indent: string,
): string[] {
  const lines: string[] = []
  for (const [label, alike] of byLabel(siblings)) {
    const longest = Math.max(...alike.map(({ duration }) => msOf(duration)))
    const times = alike.length === 1 ? '' : `, ${alike.length} times, the longest`
    lines.push(`${indent}${label}${times} ${formatDuration(longest)}`)
    const parents = new Set(alike.map((span) => span.spanContext().spanId))
    const isChild = ({ parentSpanContext: parent }: ReadableSpan) =>
      parents.has(parent?.spanId ?? '')
    lines.push(...linesOf(all.filter(isChild), all, `${indent}  `))
  }
  return lines
}

function byLabel(spans: readonly ReadableSpan[]): ReadonlyMap<string, readonly ReadableSpan[]> {
  const groups = new Map<string, ReadableSpan[]>()
  for (const span of spans) {
    const label = labelOf(span)
    groups.set(label, [...(groups.get(label) ?? []), span])
  }
  return groups
}

function labelOf({ name, attributes }: ReadableSpan): string {
  const part = attributes[PART]
  return typeof part === 'string' && part !== 'db' ? `${name} [${part}]` : name
}

const msOf = ([seconds, nanoseconds]: HrTime): number => seconds * 1e3 + nanoseconds / 1e6
