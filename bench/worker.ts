import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Sample } from './case.js'
import type { Answer, Assignment, Order } from './contestant.js'

/** The process of one contestant, seen from the process that conducts. */
export interface Worker {
  readonly name: string
  round(): Promise<Sample>
  stop(): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('./contestant.ts', import.meta.url))
const children = new Set<ChildProcess>()

process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts it and waits until it is set up. Rejects, and ends the process, when it fails or takes longer than `timeout` ms. */
export async function startWorker(
  assignment: Assignment,
  nodeFlags: readonly string[],
  timeout: number,
): Promise<Worker> {
  const child = fork(PROGRAM, [JSON.stringify(assignment)], {
    execArgv: [...process.execArgv, ...nodeFlags],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  const ask = (order: Order | undefined): Promise<Answer> => exchange(child, order, timeout)
  await ask(undefined)
  return {
    name: assignment.contestant,
    round: async () => {
      const answer = await ask('round')
      if ('sample' in answer) return answer.sample
      throw new Error('no sample')
    },
    stop: () => stop(child),
  }
}

function exchange(child: ChildProcess, order: Order | undefined, timeout: number): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer)
      child.off('message', heard)
      child.off('exit', ended)
    }
    const fail = (message: string): void => {
      settle()
      child.kill('SIGKILL')
      reject(new Error(message))
    }
    const heard = (answer: Answer): void => {
      if ('failed' in answer) return fail(answer.failed)
      settle()
      resolve(answer)
    }
    const ended = (code: number | null, signal: string | null): void =>
      fail(`the process ended (${signal ?? code})`)
    const timer = setTimeout(() => fail(`no answer within ${timeout / 1_000} s`), timeout)
    child.on('message', heard)
    child.on('exit', ended)
    if (order !== undefined) child.send(order)
  })
}

/** Asks it to end, and ends it. */
async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const timer = setTimeout(() => child.kill('SIGKILL'), 3_000)
  if (child.connected) child.send('stop' satisfies Order)
  await ended
  clearTimeout(timer)
}
