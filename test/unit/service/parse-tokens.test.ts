import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { parseTokens } from '../../../src/service/parse-tokens.js'

const TOKEN = 'a-secret-of-24-letters-x'

describe('parseTokens', () => {
  it('takes what is right', () => {
    expect(
      parseTokens(
        [
          { token: TOKEN, scopes: ['read', 'purge'] },
          { token: `${TOKEN}2`, scopes: ['admin'], namespaces: ['shop'] },
        ],
        'tokens',
      ),
    ).toEqual([
      { token: TOKEN, scopes: ['read', 'purge'], namespaces: [] },
      { token: `${TOKEN}2`, scopes: ['admin'], namespaces: ['shop'] },
    ])
  })

  it.each<[string, unknown[], string]>([
    ['none', [], 'tokens'],
    ['too many', Array.from({ length: 1_001 }, () => ({})), 'tokens'],
    ['a text', [TOKEN], 'tokens[0]'],
    ['null', [null], 'tokens[0]'],
    ['a list', [[TOKEN]], 'tokens[0]'],
    ['a short one', [{ token: 'short', scopes: ['read'] }], 'tokens[0].token'],
    ['one with a space', [{ token: `${TOKEN} x`, scopes: ['read'] }], 'tokens[0].token'],
    ['one that is no text', [{ token: 1, scopes: ['read'] }], 'tokens[0].token'],
    ['no scopes', [{ token: TOKEN }], 'tokens[0].scopes'],
    ['an empty list of scopes', [{ token: TOKEN, scopes: [] }], 'tokens[0].scopes'],
    ['a scope as a text', [{ token: TOKEN, scopes: 'read' }], 'tokens[0].scopes'],
    ['an unknown scope', [{ token: TOKEN, scopes: ['all'] }], 'tokens[0].scopes'],
    [
      'a bad namespace',
      [{ token: TOKEN, scopes: ['read'], namespaces: ['_a'] }],
      'tokens[0].namespaces',
    ],
    [
      'null for namespaces',
      [{ token: TOKEN, scopes: ['read'], namespaces: null }],
      'tokens[0].namespaces',
    ],
    ['a token as a name', [{ [TOKEN]: ['read'] }], 'tokens[0]'],
    [
      'the same twice',
      [
        { token: TOKEN, scopes: ['read'] },
        { token: TOKEN, scopes: ['admin'] },
      ],
      'tokens[1].token',
    ],
  ])('refuses %s, and shows nothing of it', (_, value, option) => {
    let error: unknown
    try {
      parseTokens(value, 'tokens')
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as InvalidOptionError).option).toBe(option)
    expect(String(error)).not.toContain(TOKEN)
    expect(JSON.stringify(error)).not.toContain(TOKEN)
  })
})
