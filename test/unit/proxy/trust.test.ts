import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { parseTrust } from '../../../src/proxy/trust.js'

const LIST = ['10.0.0.0/8', '192.0.2.1', '2001:db8::/32', '::1']

describe('trust', () => {
  test.each<[address: string | undefined, verdict: boolean]>([
    ['10.1.2.3', true],
    ['11.0.0.1', false],
    ['192.0.2.1', true],
    ['192.0.2.2', false],
    ['::ffff:10.1.2.3', true],
    ['2001:db8::7', true],
    ['::1', true],
    ['::2', false],
    ['no address', false],
    [undefined, false],
  ])('of a list: %s is believed: %s', (address, verdict) => {
    expect(parseTrust(LIST, 'trust')(address)).toBe(verdict)
  })

  test('is for all or for nobody', () => {
    expect([parseTrust(true, 'trust')(undefined), parseTrust(false, 'trust')('::1')]).toEqual([
      true,
      false,
    ])
  })

  test.each([null, 'all', 1, ['10.0.0.0/33'], ['::1/129'], ['a.example'], ['1.2.3/8'], [1], ['']])(
    'is not %j',
    (value) => {
      expect(() => parseTrust(value, 'proxy.trust')).toThrow(InvalidOptionError)
      expect(() => parseTrust(value, 'proxy.trust')).toThrow('proxy.trust: got')
    },
  )
})
