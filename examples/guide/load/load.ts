import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Counted, Order, Report } from './order.js'

export interface LoadOptions extends Partial<Pick<Order, 'warm' | 'ms' | 'count' | 'least'>> {
  readonly url: string
  readonly paths: readonly string[]
  readonly connections: number
}

export interface Load {
  readonly answered: number
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p90: number
  readonly p99: number
  /** Microseconds of processor time that this process took for each answer, all of its threads together. */
  readonly cpu: number
  /** Share of the time in which the process that asks was busy. */
  readonly askerBusy: number
}

/** Who asks: a process of its own, which ends with this one. */
export interface LoadGenerator {
  /** One at a time. Rejects if an answer is not 200, or the server closes a connection. */
  run(options: LoadOptions): Promise<Load>
  close(): Promise<void>
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    serialization: 'advanced',
  })
  // What it is told is more than pipes: with both referenced, a script that forgets to close would never end.
  child.unref()
  child.channel?.unref()
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  return {
    run: (options) => run(child, options),
    async close() {
      child.ref()
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

function run(child: ChildProcess, options: LoadOptions): Promise<Load> {
  const { url, paths, connections, warm = 0, ms = Infinity, count = Infinity, least = 0 } = options
  const port = Number(new URL(url).port)
  return new Promise((resolve, reject) => {
    let begun = process.cpuUsage()
    child.channel?.ref()
    const end = (settle: () => void): void => {
      child.channel?.unref()
      child.off('message', take).off('exit', gone)
      settle()
    }
    const gone = () => end(() => reject(new Error('the process that asks has ended')))
    const take = (report: Report) => {
      if (report === 'counting') begun = process.cpuUsage()
      else if ('failed' in report) end(() => reject(new Error(report.failed)))
      else end(() => resolve(loadOf(report, process.cpuUsage(begun))))
    }
    child.on('message', take).on('exit', gone)
    child.send({ port, paths, connections, warm, ms, count, least } satisfies Order)
  })
}

function loadOf({ ms, latencies, busy }: Counted, { user, system }: NodeJS.CpuUsage): Load {
  const answered = latencies.length
  const quantile = (share: number) =>
    latencies[Math.min(answered - 1, Math.floor(answered * share))] ?? Number.NaN
  return {
    answered,
    perSecond: (1_000 * answered) / ms,
    p50: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    cpu: (user + system) / answered,
    askerBusy: busy,
  }
}
