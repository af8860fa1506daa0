import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem, type } from 'node:os'
import type { Case } from '../case.js'
import { librariesOf, programsOf, type Versions } from './versions.js'

/** What a result was measured on, and with what. */
export interface Conditions {
  readonly command: string
  /** Day on which it began. */
  readonly date: string
  /** What was measured; `isChanged`: the sources were not as in this commit. */
  readonly commit: string
  readonly isChanged: boolean
  readonly machine: string
  /** Versions of what takes part, by name. */
  readonly programs: Versions
  readonly libraries: Versions
  readonly rounds: number
  /** Percent of all processors that other programs took, over some seconds before the first contestant and after the last. */
  readonly busy: { readonly before: number; readonly after: number }
  readonly seconds: number
}

/** What decides about figures. Documents and results do not. */
const SOURCES = ['src', 'native', 'bench', ':!bench/results', 'package.json', 'package-lock.json']

export type Revision = Pick<Conditions, 'commit' | 'isChanged'>

/** To be asked when the run begins: later, what it was built from may have changed. */
export function revision(): Revision {
  return {
    commit: git('rev-parse', '--short=7', 'HEAD') || 'unknown',
    isChanged: git('status', '--porcelain', '--', ...SOURCES) !== '',
  }
}

function git(...words: readonly string[]): string {
  const cwd = new URL('../..', import.meta.url)
  const { stdout } = spawnSync('git', words, { cwd, encoding: 'utf8' })
  return (stdout ?? '').trim()
}

export function machine(): string {
  const processors = cpus()
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`
  const system = `${type()} ${/^\d+\.\d+/.exec(release())?.[0] ?? release()}`
  return `${processors[0]?.model.trim() ?? 'unknown CPU'} x ${processors.length}, ${memory}, ${system}`
}

/** Runs it between two looks at how busy the machine is without it. */
export async function underConditions<T>(
  benchmark: Case,
  built: Revision,
  run: () => Promise<T>,
): Promise<{ readonly found: T; readonly conditions: Conditions }> {
  const date = new Date().toISOString().slice(0, 10)
  const start = performance.now()
  const before = await busyShare()
  const found = await run()
  const after = await busyShare()
  const conditions = {
    command: `npm run bench -- ${benchmark.name}`,
    date,
    ...built,
    machine: machine(),
    programs: programsOf(benchmark),
    libraries: librariesOf(benchmark),
    rounds: benchmark.rounds.full,
    busy: { before, after },
    seconds: Math.round((performance.now() - start) / 1_000),
  }
  return { found, conditions }
}

/** Percent of all processors that is in use while this process waits 2 s. */
async function busyShare(): Promise<number> {
  const before = processorTimes()
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const after = processorTimes()
  const idle = (after.idle - before.idle) / (after.all - before.all)
  return Math.max(0, Math.round((1 - idle) * 100))
}

function processorTimes(): { readonly idle: number; readonly all: number } {
  const times = cpus().map(({ times }) => times)
  const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  return {
    idle: sum(times.map(({ idle }) => idle)),
    all: sum(times.flatMap((each) => Object.values(each))),
  }
}
