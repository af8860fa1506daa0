import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { describeNative } from '../../support/native.js'

const END = join(import.meta.dirname, 'fixtures/end.mjs')

/** How often each way of ending is tried; `STRATA_WORKERS=500` looks for what happens rarely. */
const ROUNDS = Number(process.env['STRATA_WORKERS'] ?? 25)

/** Milliseconds: a round takes about 100. */
const TIMEOUT = 30_000 + ROUNDS * 1_000

describeNative('a front in a worker', () => {
  test.each([
    ['closed', 'closes it and waits'],
    ['joined', 'cuts it short'],
    ['left', 'leaves it open'],
    ['forgotten', 'forgets another'],
  ])(
    '%s: ends with the worker that %s',
    async (end) => {
      for (let round = 0; round < ROUNDS; round++) expect(await runWorker(end)).toBe(0)
      expectNoThreads()
    },
    TIMEOUT,
  )

  test(
    'ends with a worker that calls process.exit() amid answers',
    async () => {
      for (let round = 0; round < ROUNDS; round++) expect(await runWorker('exits')).toBe(3)
      expectNoThreads()
    },
    TIMEOUT,
  )

  test(
    'ends with a worker that throws',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await expect(runWorker('throws')).rejects.toThrow('on purpose')
      }
      expectNoThreads()
    },
    TIMEOUT,
  )

  test(
    'ends with a worker that is terminated amid answers',
    async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const worker = workerThat('terminated')
        await once(worker, 'message')
        await sleep(round % 7)
        expect(await worker.terminate()).toBe(1)
      }
      expectNoThreads()
    },
    TIMEOUT,
  )

  test(
    'does not mind others that open and end at the same time',
    async () => {
      const ends = ['closed', 'joined', 'left', 'forgotten']
      const rounds = Array.from({ length: Math.ceil(ROUNDS / 5) })
      for (const _ of rounds) {
        expect(await Promise.all(ends.map(runWorker))).toEqual([0, 0, 0, 0])
      }
      expectNoThreads()
    },
    TIMEOUT,
  )
})

describeNative('a front in a process', () => {
  test.each([
    ['closed', 0],
    ['joined', 0],
    ['left', 0],
    ['exits', 3],
  ])(
    'does not keep it alive: %s',
    async (end, status) => {
      for (let round = 0; round < Math.ceil(ROUNDS / 5); round++) {
        expect(await runProcess(end)).toEqual({ status, signal: null, stderr: '' })
      }
    },
    TIMEOUT,
  )

  test(
    'goes with it when it is killed amid answers',
    async () => {
      expect(await runProcess('terminated', 'SIGTERM')).toEqual({
        status: null,
        signal: 'SIGTERM',
        stderr: '',
      })
    },
    TIMEOUT,
  )
})

function workerThat(end: string): Worker {
  return new Worker(END, { workerData: { end } })
}

/** Resolves with the worker's exit code, or rejects with its error, when it is gone. */
function runWorker(end: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let failed: Error | undefined
    const worker = workerThat(end).once('error', (error: Error) => (failed = error))
    worker.once('exit', (code) => (failed === undefined ? resolve(code) : reject(failed)))
  })
}

/** Runs the same in a process, which is killed as soon as it is up if `signal` is given. */
async function runProcess(end: string, signal?: NodeJS.Signals): Promise<unknown> {
  const child = spawn(process.execPath, [END, end], { stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdout.once('data', () => signal !== undefined && child.kill(signal))
  const [status, by] = (await once(child, 'close')) as [number | null, string | null]
  return { status, signal: by, stderr }
}

/** No thread of a front is left in this process (where the system can tell). */
function expectNoThreads(): void {
  expect(frontThreads()).toEqual([])
}

/** Names of this process's threads that are a front's. */
function frontThreads(): readonly string[] {
  if (process.platform !== 'linux') return []
  const tasks = readdirSync('/proc/self/task')
  return tasks.map(nameOf).filter((name) => name.startsWith('strata'))
}

/** A thread may end while it is being looked at. */
function nameOf(task: string): string {
  try {
    return readFileSync(`/proc/self/task/${task}/comm`, 'utf8').trim()
  } catch {
    return ''
  }
}
