import { Agent, request as send } from 'node:http'
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

export interface LoadOptions {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly connections: number
  /** Milliseconds. */
  readonly duration: number
}

export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** By status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Requests without an answer. */
  readonly errors: number
  readonly bytes: number
  /** Microseconds. */
  readonly latency: RecordableHistogram
}

/** Milliseconds that the last answers may take. */
const PATIENCE = 10_000

/** Asks one URL over and over, on connections that are kept, each with one request at a time. */
export async function load({
  url,
  headers,
  connections,
  duration,
}: LoadOptions): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  // what is not answered by then counts as an error
  const cut = setTimeout(() => agent.destroy(), duration + PATIENCE)
  const latency = createHistogram()
  const statuses: Record<string, number> = {}
  let [requests, errors, bytes] = [0, 0, 0]
  const start = performance.now()
  const worker = async (): Promise<void> => {
    while (performance.now() - start < duration) {
      const begun = performance.now()
      try {
        const answer = await ask(url, headers, agent)
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
        bytes += answer.bytes
        latency.record(Math.max(1, Math.round((performance.now() - begun) * 1_000)))
        requests++
      } catch {
        errors++ // counted and shown; the bench ends by its time
      }
    }
  }
  await Promise.all(Array.from({ length: connections }, worker))
  clearTimeout(cut)
  agent.destroy()
  const seconds = (performance.now() - start) / 1_000
  return { requests, seconds, statuses, errors, bytes, latency }
}

function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  agent: Agent,
): Promise<{ readonly status: number; readonly bytes: number }> {
  return new Promise((resolve, reject) => {
    const request = send(url, { agent, headers }, (response) => {
      let bytes = 0
      response.on('data', (piece: Buffer) => (bytes += piece.length))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, bytes }))
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end()
  })
}
