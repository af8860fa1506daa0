import type { Step } from '../service/step.js'
import { rows } from './rows.js'

/** Steps one below the other, particulars indented. */
export function formatSteps(steps: readonly Step[]): string {
  return rows(
    steps.map(({ step, says, detail = [] }) => [
      step,
      [
        ...(says === '' ? [] : [says]),
        ...detail.map((line) => (says === '' ? line : `- ${line}`)),
      ].join('\n'),
    ]),
  )
}
