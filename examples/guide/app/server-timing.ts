import type { HrTime, Span } from '@opentelemetry/api'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'

/** Attribute of a span: which entry of `Server-Timing` it counts for. */
export const PART = 'guide.part'

interface Interval {
  readonly from: number
  readonly to: number
}

/** Gathers the spans of requests under way, and sums them up: `db;dur=12.345;desc="14"`, the milliseconds and how many. */
export class ServerTiming implements SpanProcessor {
  /** By trace. */
  readonly #requests = new Map<string, Map<string, Interval[]>>()

  begin(request: Span): void {
    this.#requests.set(request.spanContext().traceId, new Map())
  }

  /** Ends the gathering. What a request leaves running behind its answer is not waited for. */
  take(request: Span): string {
    const { traceId } = request.spanContext()
    const parts = [...(this.#requests.get(traceId) ?? [])]
    this.#requests.delete(traceId)
    return parts
      .map(([part, spans]) => `${part};dur=${coveredBy(spans).toFixed(3)};desc="${spans.length}"`)
      .join(', ')
  }

  onEnd(span: ReadableSpan): void {
    const parts = this.#requests.get(span.spanContext().traceId)
    const part = span.attributes[PART]
    if (parts === undefined || typeof part !== 'string') return
    const spans = parts.get(part) ?? []
    parts.set(part, spans)
    spans.push({ from: msOf(span.startTime), to: msOf(span.endTime) })
  }

  onStart(): void {}
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}

const msOf = ([seconds, nanoseconds]: HrTime): number => seconds * 1e3 + nanoseconds / 1e6

/** How long at least one of them ran: those that ran at the same time count once. */
function coveredBy(spans: readonly Interval[]): number {
  let covered = 0
  let until = 0
  for (const { from, to } of [...spans].sort((a, b) => a.from - b.from)) {
    covered += Math.max(0, to - Math.max(from, until))
    until = Math.max(until, to)
  }
  return covered
}
