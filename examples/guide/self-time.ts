// What functions themselves took, the most first, of a profile that `node --cpu-prof` wrote.
//   npx tsx examples/guide/self-time.ts FILE.cpuprofile
import { readFileSync } from 'node:fs'
import { align } from '../demo/cost-table.js'

interface Profile {
  readonly nodes: readonly Node[]
  /** Ids of nodes, and the microseconds since the one before. */
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}
interface Node {
  readonly id: number
  readonly callFrame: {
    readonly functionName: string
    readonly url: string
    readonly lineNumber: number
  }
}

const shown = 12

function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]))
  const times = new Map<string, number>()
  for (const [i, id] of samples.entries()) {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0))
  }
  return times
}

/** `noveltyOf  examples/guide/app/novelty.ts`; of a package its name; what V8 puts in brackets as it is. */
function nameOf({ callFrame: { functionName, url } }: Node): string {
  const file = url.startsWith('node:')
    ? url
    : url.replace(/^file:\/\//, '').replace(`${process.cwd()}/`, '')
  const place = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file
  return `${functionName || '(anonymous)'}  ${place}`.trimEnd()
}

const [file] = process.argv.slice(2)
if (file === undefined) throw new Error('name a file that node --cpu-prof has written')
const times = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as Profile)
const idle = times.get('(idle)') ?? 0
const total = [...times.values()].reduce((sum, time) => sum + time, 0)
const busy = [...times].filter(([name]) => name !== '(idle)').sort((a, b) => b[1] - a[1])
const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`

const rows = busy.slice(0, shown).map(([name, time]) => [name, percent(time, total - idle)])
const head = `${(total / 1e6).toFixed(1)} s, idle ${percent(idle, total)}; of the rest:`
console.log([head, ...align([['function', 'self'], ...rows])].join('\n'))
