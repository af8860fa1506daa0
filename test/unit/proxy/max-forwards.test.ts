import { expect, test } from 'vitest'
import { isLastHop, withOneHopLess } from '../../../src/proxy/max-forwards.js'
import { asked } from '../../support/forwarding.js'

test.each<[method: string, values: string[], isLast: boolean, next: string[]]>([
  ['OPTIONS', ['0'], true, ['0']],
  ['OPTIONS', ['1'], false, ['0']],
  ['OPTIONS', ['10'], false, ['9']],
  ['TRACE', ['5', '3'], false, ['2']],
  ['OPTIONS', [], false, []],
  ['OPTIONS', ['x'], false, ['x']],
  ['OPTIONS', ['-1'], false, ['-1']],
  ['GET', ['0'], false, ['0']],
])('%s with %j', (method, values, isLast, next) => {
  const fields = values.flatMap((value) => ['max-forwards', value])
  const request = asked('/', { method, fields })
  expect(isLastHop(request)).toBe(isLast)
  expect(withOneHopLess(request)).toEqual(next.flatMap((value) => ['max-forwards', value]))
})
