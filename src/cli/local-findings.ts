import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { nativeProblem } from '../service/native-check.js'
import { byteSize } from './byte-size.js'
import { type Finding, fail, ok, warn } from './finding.js'

/** This machine and this Node. */
export async function localFindings(): Promise<readonly Finding[]> {
  const bound = process.constrainedMemory()
  return [
    nodeFinding(process.versions.node),
    nativeFinding(await nativeProblem()),
    memoryFinding(getHeapStatistics().heap_size_limit, totalmem(), bound),
  ]
}

export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const isEnough = major > 20 || (major === 20 && minor >= 19)
  return isEnough ? ok('node', version) : fail('node', version, '20.19 or later is needed')
}

export function nativeFinding(problem: string | undefined): Finding {
  const what = 'native listener'
  return problem === undefined
    ? ok(what, 'it loads and listens')
    : warn(what, problem, 'the TypeScript listener runs instead: the same answers, more CPU')
}

/** `bound`: of the container; 0 or more than there is means none. */
export function memoryFinding(heap: number, total: number, bound: number): Finding {
  const what = 'memory'
  const isBound = bound > 0 && bound < total
  const most = isBound ? bound : total
  const says = `heap up to ${byteSize(heap)} of ${byteSize(most)}${isBound ? ' (container)' : ''}`
  return heap > most * 0.9
    ? warn(
        what,
        says,
        `the process would be killed first: NODE_OPTIONS=--max-old-space-size=${Math.floor((most * 0.75) / 2 ** 20)}`,
      )
    : ok(what, says)
}
