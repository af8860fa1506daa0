import { expect, it } from 'vitest'
import { ROUTE_POLICY_NAMES } from '../../../src/http/route-policy.js'
import { codes, readDoc } from './tables.js'

it('docs/http.md has every option of a policy and no other', () => {
  const rows = readDoc('http.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
  const named = rows.flatMap((row) => codes(row.split('|')[1] ?? ''))
  expect(new Set(named.map((name) => name.split('.')[0]))).toEqual(new Set(ROUTE_POLICY_NAMES))
  const inner = named.filter((name) => name.includes('.'))
  expect(inner).toEqual(['key.query', 'key.headers', 'key.cookies', 'key.user', 'store.after'])
})
