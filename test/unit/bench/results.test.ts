import { expect, it } from 'vitest'
import type { Row } from '../../../bench/conduct.js'
import { resultOf } from '../../../bench/report/result.js'
import { lostIn } from '../../../bench/report/results.js'
import { caseWith, conditions, rowOf } from './rows.js'

const good = (name: string): Row => rowOf(name, 'ns', [1])
const bad = (name: string): Row => ({ name, samples: [], error: 'it broke' })

function result(...rows: Row[]) {
  return resultOf(caseWith([{ key: 'ns', title: 'ns' }]), rows, conditions)
}

it.each([
  ['all measured', result(good('a')), result(good('a')), []],
  ['nothing before', result(good('a'), bad('b')), undefined, []],
  ['one that failed before too', result(good('a'), bad('b')), result(good('a'), bad('b')), []],
  ['one that is new and fails', result(good('a'), bad('b')), result(good('a')), []],
  ['one that is left out since', result(good('a')), result(good('a'), good('b')), []],
  ['one that fails since', result(good('a'), bad('b')), result(good('a'), good('b')), ['b']],
  ['nothing before, and all fail', result(bad('a'), bad('b')), undefined, ['a', 'b']],
])('what a run has lost since the one before: %s', (_, now, before, lost) => {
  expect(lostIn(now, before)).toEqual(lost)
})
