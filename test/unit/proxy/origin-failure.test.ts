import { expect, test } from 'vitest'
import { isOfRequest, malformed, originFailure } from '../../../src/proxy/origin-failure.js'

const coded = (code: string): Error => Object.assign(new Error(code), { code })

test.each<[what: string, error: unknown, isOwn: boolean]>([
  ['an answer that is none', malformed('two lengths'), true],
  ['a connection that was closed', originFailure('http://a', coded('UND_ERR_SOCKET')), true],
  ['a reset', originFailure('http://a', coded('ECONNRESET')), true],
  ['nobody there', originFailure('http://a', coded('ECONNREFUSED')), false],
  ['an unknown name', originFailure('http://a', coded('ENOTFOUND')), false],
  ['an answer that is late', originFailure('http://a', coded('UND_ERR_HEADERS_TIMEOUT')), false],
  ['a pool that was closed', originFailure('http://a', coded('UND_ERR_CLOSED')), false],
  ['another error', new Error('x'), false],
])('may have failed for what was asked: %s', (_, error, isOwn) => {
  expect(isOfRequest(error)).toBe(isOwn)
})
