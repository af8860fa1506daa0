import type { Command, ExitCode, Io } from './command.js'
import { countFlag } from './count-flag.js'
import { Failure } from './failure.js'
import { printJson } from './print-json.js'
import { ProgressBar } from './progress-bar.js'
import { readValue } from './read-value.js'
import { ServicePlace } from './service-place.js'
import { JSON_FLAG, SERVICE_FLAGS, serviceOf, type ServiceTarget } from './target.js'

/** What became of what was warmed. */
interface Warmed {
  warmed: number
  /** Keys that nobody has stored. */
  absent: number
  failed: number
  /** Of the first that failed: which, and why. */
  firstFailure?: string
}

/** What became of one line. */
type Became = 'warmed' | 'absent' | { readonly why: string }

export const warm: Command = {
  name: 'warm',
  summary: 'Read keys, or get URLs, so that a service has them in memory',
  usage: 'FILE|-',
  arguments: { min: 1, max: 1 },
  flags: [
    { name: 'concurrency', value: 'N', help: 'at once, 1 .. 256 (default: 8)' },
    { name: 'namespace', short: 'n', value: 'NAME', help: 'of the keys (default: default)' },
    ...SERVICE_FLAGS,
    JSON_FLAG,
  ],
  details: `
The file has a line for each: a key, which is brought from Redis into the service's memory, or a path or URL (beginning with / or
http), which a service with an origin gets from there.

  strata warm -n shop keys.txt
  sed -n 's/.*<loc>\\(.*\\)<.*/\\1/p' sitemap.xml | strata warm -

Exit codes: 0 all were read (some may not be there), 1 some failed.`,
  async run(args, io) {
    const [said = ''] = args.positionals
    const concurrency = countFlag(args, 'concurrency', 8, { min: 1, max: 256 })
    const target = { ...serviceOf(args, io.env), namespace: args.text('namespace') ?? 'default' }
    const lines = await linesOf(said, io)
    const start = performance.now()
    const result = await warmAll(lines, target, { concurrency, io })
    const seconds = ((performance.now() - start) / 1_000).toFixed(1)
    const { warmed, absent, failed } = result
    if (args.flag('json') === true) printJson(io.stdout, { warmed, absent, failed })
    else
      io.stdout.write(`warmed ${warmed}, not there ${absent}, failed ${failed}, in ${seconds} s\n`)
    if (result.firstFailure !== undefined) {
      io.stderr.write(`strata: the first that failed: ${result.firstFailure}\n`)
    }
    return failed === 0 ? 0 : (1 satisfies ExitCode)
  },
}

async function linesOf(said: string, io: Io): Promise<readonly string[]> {
  const bytes = await readValue(said === '-' ? said : `@${said}`, io.stdin)
  const lines = Buffer.from(bytes).toString('utf8').split(/\r?\n/)
  return lines.filter((line) => line.trim() !== '')
}

async function warmAll(
  lines: readonly string[],
  target: ServiceTarget,
  { concurrency, io }: { readonly concurrency: number; readonly io: Io },
): Promise<Warmed> {
  const result: Warmed = { warmed: 0, absent: 0, failed: 0 }
  const bar = new ProgressBar(io.stderr, lines.length)
  const place = new ServicePlace(target)
  const left = lines.values()
  let done = 0
  const worker = async (): Promise<void> => {
    for (const line of left) {
      const isUrl = /^(?:\/|https?:\/\/)/.test(line)
      count(result, line, isUrl ? await getUrl(target, line) : await readKey(place, line))
      bar.show(++done)
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    bar.end()
  }
  return result
}

function count(result: Warmed, line: string, became: Became): void {
  if (typeof became === 'string') result[became]++
  else {
    result.failed++
    result.firstFailure ??= `${JSON.stringify(line)}, ${became.why}`
  }
}

/** Without a service there is nothing to go on with; what is refused is one line's failure. */
async function readKey(place: ServicePlace, key: string): Promise<Became> {
  try {
    return (await place.read(key)) === undefined ? 'absent' : 'warmed'
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 3) throw error
    return { why: error.message }
  }
}

/** Milliseconds. */
const PATIENCE = 30_000

async function getUrl({ url }: ServiceTarget, line: string): Promise<Became> {
  try {
    const whole = line.startsWith('/') ? url.replace(/\/+$/, '') + line : line
    const response = await fetch(whole, { signal: AbortSignal.timeout(PATIENCE) })
    await response.arrayBuffer()
    return response.ok ? 'warmed' : { why: `answered ${response.status}` }
  } catch {
    return { why: 'no answer' } // or none in time: the others may have one
  }
}
