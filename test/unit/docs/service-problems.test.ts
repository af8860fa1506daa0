import { expect, it } from 'vitest'
import { PROBLEMS } from '../../../src/service/problem.js'
import { codes, readDoc, rowsUnder } from './tables.js'

it('docs/service.md has every problem with its status, and no other', () => {
  const rows = rowsUnder(readDoc('service.md'), 'problem').map(([name = '', status = '']) => [
    codes(name)[0],
    Number(status),
  ])
  expect(Object.fromEntries(rows)).toEqual(
    Object.fromEntries(Object.entries(PROBLEMS).map(([name, [status]]) => [name, status])),
  )
})
