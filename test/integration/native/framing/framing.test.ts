import { spawnSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadBinding } from '../../../../src/native/binding.js'
import { messageOf } from './messages.js'
import { type EchoServer, openHyper, openNode, openOurs } from './servers.js'
import { type Taken, taken } from './taken.js'

/** Seconds of fuzzing; a minute in .ci/run, an hour with STRATA_FRAMING_SECONDS=3600. */
const SECONDS = Number(process.env['STRATA_FRAMING_SECONDS'] ?? 10)

/** The first of the messages: those of a run that failed are found again with it. */
const SEED = Number(process.env['STRATA_FRAMING_SEED'] ?? Date.now() % 1_000_000_000)

const AT_ONCE = 48

/** Milliseconds of silence after which nothing more is expected; of a difference that has to be sure, the second. */
const QUIET = 60
const LONG_QUIET = 600

const hasCargo = spawnSync('cargo', ['--version']).status === 0
const isDemanded = process.env['STRATA_REQUIRE_NATIVE'] !== undefined
const { binding } = await loadBinding()
const isThere = hasCargo && binding !== undefined

let ours: EchoServer
const judges = new Map<string, EchoServer>()

describe.runIf(isThere || isDemanded)('what bytes are taken for', () => {
  beforeAll(async () => {
    ours = await openOurs(true)
    judges.set('hyper', await openHyper())
    judges.set('node:http', await openNode())
  }, 240_000)

  afterAll(async () => {
    await ours?.close()
    for (const judge of judges.values()) await judge.close()
  })

  it(
    `is the same for hyper and node:http: never another request, never another body (seed ${SEED})`,
    async () => {
      const end = performance.now() + SECONDS * 1_000
      let next = SEED
      let requests = 0
      const differences: string[] = []
      const run = async (): Promise<void> => {
        while (performance.now() < end && differences.length < 5) {
          const seed = next++
          const [count, found] = await compared(seed, messageOf(seed))
          requests += count
          differences.push(...found)
        }
      }
      await Promise.all(Array.from({ length: AT_ONCE }, run))
      console.info(`${next - SEED} connections, ${requests} requests taken`)
      expect(differences).toEqual([])
      // most mutations leave something to be taken: a server that refused everything would prove nothing
      expect(requests).toBeGreaterThan((next - SEED) / 10)
    },
    SECONDS * 1_000 + 120_000,
  )
})

/** Only what is so every time is a difference: machines are slow at times. */
const ATTEMPTS = 3

/** How many requests we took of the bytes, and how a judge took them otherwise. */
async function compared(
  seed: number,
  pieces: readonly string[],
): Promise<[taken: number, differences: string[]]> {
  const own = await taken(ours.port, pieces, QUIET)
  const differences: string[] = []
  for (const [name, judge] of judges) {
    if (differenceOf(name, own, await taken(judge.port, pieces, QUIET)) === undefined) continue
    const difference = await sureDifference(name, judge, pieces)
    if (difference !== undefined) {
      differences.push(`seed ${seed}, ${name}: ${difference} of ${JSON.stringify(pieces.join(''))}`)
    }
  }
  return [own.answers.filter(({ echo }) => echo !== undefined).length, differences]
}

async function sureDifference(
  name: string,
  judge: EchoServer,
  pieces: readonly string[],
): Promise<string | undefined> {
  let difference: string | undefined
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const own = await taken(ours.port, pieces, LONG_QUIET)
    difference = differenceOf(name, own, await taken(judge.port, pieces, LONG_QUIET))
    if (difference === undefined) return undefined
  }
  return difference
}

/** Each request that we took must be one the judge took in the same place. What we refuse the judge may take. */
function differenceOf(name: string, own: Taken, judged: Taken): string | undefined {
  for (const [i, { status, echo }] of own.answers.entries()) {
    const other = judged.answers[i]
    if (echo !== undefined && other !== undefined && mayRefuse(name, echo, other.status)) {
      return undefined
    }
    if (echo === undefined) {
      // an answer that needs no handler (a method that is not known, OPTIONS *): if we go on behind it, so must the judge
      if (own.answers.length > i + 1 && other === undefined && !judged.isReset)
        return `answer ${i} (${status}) is not there`
    } else if (other === undefined && judged.isReset) return undefined
    else if (other?.echo !== echo)
      return `request ${i} is ${echo}, not ${other?.echo ?? other?.status ?? 'there'}`
  }
  return undefined
}

/**
 * What a judge refuses though it is no matter of framing: node:http a tab behind a length, which RFC 9110 section 5.5
 * allows, and hyper a quotation mark in a query, which is no URI to it. Behind a refusal there is nothing to compare.
 */
function mayRefuse(name: string, echo: string, status: number): boolean {
  if (status !== 400) return false
  return name === 'node:http' || /^\S+ [^ ?]*\?[^ ]*"/.test(echo)
}
