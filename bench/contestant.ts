// The process of one contestant: sets it up, then measures one round each time it is told to.
import type { Case, Environment, Run, Sample } from './case.js'

export type Order = 'round' | 'stop'
export type Answer =
  { readonly sample: Sample } | { readonly ready: true } | { readonly failed: string }

/** What the parent passes on the command line, as JSON. */
export interface Assignment {
  readonly file: string
  readonly contestant: string
  readonly environment: Environment
}

const { file, contestant, environment } = JSON.parse(process.argv[2] ?? '') as Assignment
let run: Run | undefined

process.on('message', (order: Order) => void obey(order))
process.on('disconnect', () => process.exit())
// A library that fails in the background fails its row, not the run.
process.on('unhandledRejection', (reason) => fail(reason))
process.on('uncaughtException', (error) => fail(error))
await start().then(() => answer({ ready: true }), fail)

async function start(): Promise<void> {
  const found = ((await import(file)) as { readonly benchmark: Case }).benchmark.contestants.find(
    ({ name }) => name === contestant,
  )
  if (found === undefined) throw new Error(`no contestant ${contestant}`)
  run = await found.start(environment)
}

async function obey(order: Order): Promise<void> {
  try {
    if (order === 'round' && run !== undefined) return answer({ sample: await run.round() })
    await Promise.race([run?.stop(), new Promise((resolve) => setTimeout(resolve, 1_000))])
  } catch (error) {
    fail(error)
  }
  process.exit()
}

function answer(message: Answer): void {
  process.send?.(message)
}

function fail(reason: unknown): void {
  answer({ failed: textOf(reason) })
}

/** That it is an error goes without saying. */
function textOf(reason: unknown): string {
  return String(reason).replace(/^Error: /, '')
}
