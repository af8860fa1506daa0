import { expect, test } from 'vitest'
import { authorityOf } from '../../../src/adapter/authority.js'

test.each<[host: string | undefined, http: string | undefined, https: string | undefined]>([
  ['Example.COM', 'example.com', 'example.com'],
  ['example.com:80', 'example.com', 'example.com:80'],
  ['example.com:443', 'example.com:443', 'example.com'],
  ['example.com:', 'example.com', 'example.com'],
  ['127.0.0.1:8080', '127.0.0.1:8080', '127.0.0.1:8080'],
  ['[2001:DB8::1]:80', '[2001:db8::1]', '[2001:db8::1]:80'],
  ['example.com.', 'example.com.', 'example.com.'],
  ...[
    undefined,
    '',
    ':80',
    'a b',
    ' a',
    'a,b',
    'a/b',
    'a?b',
    'a#b',
    'a@b',
    'a\\b',
    'a"b',
    'a%41',
    'a:b',
    'a:8o',
    'a:123456',
    'bücher.example',
    '[::1',
    '::1',
    'a\tb',
    'x'.repeat(256),
  ].map((host): [string | undefined, undefined, undefined] => [host, undefined, undefined]),
])('Host %j', (host, http, https) => {
  expect(authorityOf('http', host)).toBe(http)
  expect(authorityOf('https', host)).toBe(https)
})
