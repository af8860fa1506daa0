/**
 * Milliseconds that processes of one machine may compare: Node reads them from CLOCK_MONOTONIC (Linux), mach_absolute_time
 * (macOS) or the performance counter (Windows), none of which belongs to a process. `performance.now()` counts from the
 * start of its own process, and `Date.now()` may be set.
 */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
