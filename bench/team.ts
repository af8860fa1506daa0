import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { nodeOn } from './http/cores.js'

/** What a process of a team does: set up with what it is told, then answers what it is asked. Everything travels as JSON. */
export type OpenMember<Setup, Question, Answer> = (
  setup: Setup,
) => Promise<(question: Question) => Promise<Answer>>

/** Processes beside that of the contestant, all running the same file of `members`. */
export interface Team<Question, Answer> {
  /** Asks all at once; their answers in order. */
  ask(question: Question): Promise<Answer[]>
  stop(): void
}

export type MemberAnswer = { readonly answer: unknown } | { readonly failed: string }

/** Processes that start at the same time. */
const AT_ONCE = 4

const PROGRAM = fileURLToPath(new URL('./member.ts', import.meta.url))

/** On those cores, as in taskset, if they are given: threads they start by the number of cores are as many. */
export async function startTeam<Setup, Question, Answer>(
  name: string,
  setups: readonly Setup[],
  cores?: string,
): Promise<Team<Question, Answer>> {
  const file = new URL(`./members/${name}.ts`, import.meta.url).href
  const children: ChildProcess[] = []
  // they also end when this process does: the channel closes
  const stop = (): void => {
    for (const child of children) child.kill('SIGKILL')
  }
  try {
    for (let from = 0; from < setups.length; from += AT_ONCE) {
      const some = setups.slice(from, from + AT_ONCE).map((setup) => start(file, setup, cores))
      children.push(...some)
      await Promise.all(some.map(answerOf))
    }
  } catch (error) {
    stop()
    throw error
  }
  const ask = async (child: ChildProcess, question: Question): Promise<Answer> => {
    const answer = answerOf(child)
    child.send({ question })
    return (await answer) as Answer
  }
  return {
    ask: async (question) => await Promise.all(children.map((child) => ask(child, question))),
    stop,
  }
}

function start(file: string, setup: unknown, cores: string | undefined): ChildProcess {
  return fork(PROGRAM, [file, JSON.stringify(setup)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    ...(cores === undefined ? {} : nodeOn(cores)),
  })
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = (): void => reject(new Error('a process of the team ended'))
    child.once('exit', ended)
    child.once('message', (message: MemberAnswer) => {
      child.off('exit', ended)
      if ('failed' in message) reject(new Error(message.failed))
      else resolve(message.answer)
    })
  })
}
