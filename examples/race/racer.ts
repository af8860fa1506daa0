import { fork } from 'node:child_process'
import type { ParentCalls, WorkerCalls } from './calls.js'
import { openChannel, type Remote } from './channel.js'

export interface Racer {
  readonly pid: number
  readonly calls: Remote<WorkerCalls>
  /** Rejects when the process ends without having been told to. */
  readonly failed: Promise<never>
  close(): Promise<void>
}

/** Starts one process of the race. */
export function startRacer(redisUrl: string, ours: ParentCalls): Racer {
  const child = fork(new URL('./worker.ts', import.meta.url), [redisUrl], {
    // Copies arrays of numbers as they are.
    serialization: 'advanced',
  })
  let closing = false
  const ended = new Promise<void>((done) => child.once('exit', () => done()))
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (!closing) reject(new Error(`process ${child.pid} of the race ended: ${signal ?? code}`))
    })
  })
  failed.catch(() => {})
  const calls = openChannel<WorkerCalls>(child, { ...ours })
  return {
    pid: child.pid ?? 0,
    calls,
    failed,
    async close() {
      closing = true
      const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
      await Promise.race([calls.close(), ended])
      if (child.connected) child.disconnect()
      await ended
      clearTimeout(timer)
    },
  }
}
