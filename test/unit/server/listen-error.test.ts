import { expect, it } from 'vitest'
import { listenErrorOf } from '../../../src/server/listen-error.js'

it.each([
  [
    '127.0.0.1',
    'EADDRINUSE',
    'cannot listen on 127.0.0.1:80: something listens there already (EADDRINUSE)',
  ],
  ['::1', 'EACCES', 'cannot listen on [::1]:80: a port below 1024 needs a right (EACCES)'],
  [
    'a.invalid',
    'ENOTFOUND',
    'cannot listen on a.invalid:80: there is no host of this name (ENOTFOUND)',
  ],
  ['127.0.0.1', 'EMFILE', 'cannot listen on 127.0.0.1:80: EMFILE'],
  ['127.0.0.1', undefined, 'cannot listen on 127.0.0.1:80: it was not so'],
])('%s, %s', (host, code, message) => {
  const cause = Object.assign(new Error('it was not so'), code === undefined ? {} : { code })
  expect(listenErrorOf({ host, port: 80 }, cause)).toMatchObject({
    code: 'STRATA_LISTEN',
    message,
    cause,
  })
})
