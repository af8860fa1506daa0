import { describe } from 'vitest'
import { Bench, type Deviations } from './adapter-bench.js'
import { answerCases } from './adapter-cases/answers.js'
import { attackCases } from './adapter-cases/attacks.js'
import { bodyCases } from './adapter-cases/bodies.js'
import { failureCases } from './adapter-cases/failures.js'
import { fieldCases } from './adapter-cases/fields.js'
import { flightCases } from './adapter-cases/flights.js'
import { inputCases } from './adapter-cases/inputs.js'
import { invalidationCases } from './adapter-cases/invalidation.js'
import { nodeCases } from './adapter-cases/node-responses.js'
import { routeCases } from './adapter-cases/routes.js'
import type { StartSite } from './adapter-site.js'

/** What every adapter does, on a real application behind a real socket. */
export function runAdapterSuite(name: string, start: StartSite, deviations: Deviations): void {
  describe(name, () => {
    const bench = new Bench(start, deviations)
    describe('answers', () => answerCases(bench))
    describe('bodies', () => bodyCases(bench))
    describe('what the handler sees', () => inputCases(bench))
    describe('fields of the response', () => fieldCases(bench))
    describe('many clients at once', () => flightCases(bench))
    describe('failures', () => failureCases(bench))
    describe('invalidation', () => invalidationCases(bench))
    describe('routes', () => routeCases(bench))
    describe('attacks', () => attackCases(bench))
    // without a group of their own: an adapter without such a response runs none of them
    nodeCases(bench)
    bench.checkDeviations()
  })
}
