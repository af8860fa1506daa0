export { otelMetrics, type OtelMeter, type OtelMetricOptions } from './otel-metrics.js'
export { otelSpans, type OtelSpan, type OtelSpanOptions, type OtelTracer } from './otel-spans.js'
export { promMetrics, type PromClient, type PromOptions, type PromRegistry } from './prometheus.js'
export type { StatsSource } from './stats-source.js'
