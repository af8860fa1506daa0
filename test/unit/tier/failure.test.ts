import { describe, expect, test } from 'vitest'
import { CodecError } from '../../../src/errors.js'
import { failureOf, replyCode } from '../../../src/tier/failure.js'

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' })
}

describe('replyCode', () => {
  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'WRONGTYPE'],
    [
      "READONLY You can't write against a read only replica. script: ab12, on @user_script:3.",
      'READONLY',
    ],
    ['ERR Error running script (call to f_ab): @user_script:4: -OOM command not allowed', 'OOM'],
    ['ERR Error running script (call to f_ab): @user_script: 4: WRONGTYPE Operation', 'WRONGTYPE'],
    ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT'],
    ['ERR unknown command', 'ERR'],
    ['', ''],
  ])('of %j is %s', (message, code) => {
    expect(replyCode(message)).toBe(code)
  })
})

describe('failureOf', () => {
  test.each([
    'LOADING Redis is loading',
    'CLUSTERDOWN Hash slot not served',
    'MASTERDOWN Link',
    'NOAUTH x',
    'BUSY x',
  ])('counts a server that is out of service: %s', (message) => {
    expect(failureOf(reply(message))).toEqual({ reason: 'connection', counts: true })
  })

  test.each(['OOM x', 'READONLY x', 'WRONGTYPE x', 'MISCONF x', 'NOPERM x', 'ERR x'])(
    'does not count an error reply of a server that lives: %s',
    (message) => {
      expect(failureOf(reply(message))).toEqual({ reason: 'refused', counts: false })
    },
  )

  test('counts a lost connection', () => {
    expect(failureOf(new Error('Connection is closed.'))).toEqual({
      reason: 'connection',
      counts: true,
    })
  })

  test('a mistake in a program is no outage', () => {
    expect(failureOf(new TypeError('x is not a function'))).toEqual({
      reason: 'refused',
      counts: false,
    })
    expect(failureOf('a string')).toEqual({ reason: 'refused', counts: false })
  })

  test('leaves errors of this package alone', () => {
    expect(failureOf(new CodecError('x', { path: '', type: 'Foo' }))).toBeUndefined()
  })
})
