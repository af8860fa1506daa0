import { describe, expect, it } from 'vitest'
import { invalidatedTargets, isSafe } from '../../../src/http/unsafe.js'
import { get, type Lines, response } from './messages.js'

function targets(lines: Lines, status = 200, method = 'POST'): string[] {
  const found = invalidatedTargets(get([], { method, target: '/a?b' }), response(lines, status))
  for (const resource of found)
    expect(resource).toMatchObject({ scheme: 'https', authority: 'a.example' })
  return found.map((resource) => resource.target)
}

describe('isSafe', () => {
  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('%s is', (method) => {
    expect(isSafe(method)).toBe(true)
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'PURGE', 'FOO', 'get', 'Get', ''])(
    '%j is not',
    (method) => {
      expect(isSafe(method)).toBe(false)
    },
  )
})

describe('invalidatedTargets', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'FOO', 'get'])('after %s has the target', (method) => {
    expect(targets([], 200, method)).toEqual(['/a?b'])
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'TRACE'])('after %s is empty', (method) => {
    expect(targets('Location: /c', 201, method)).toEqual([])
  })

  it.each([200, 201, 204, 299, 301, 303, 304, 399])('after status %d has the target', (status) => {
    expect(targets('Location: /c', status)).toEqual(['/a?b', '/c'])
  })

  it.each([100, 199, 400, 404, 409, 500, 503, 599])('after status %d is empty', (status) => {
    expect(targets('Location: /c', status)).toEqual([])
  })

  it.each<[Lines, readonly string[]]>([
    ['Location: /c', ['/a?b', '/c']],
    ['Content-Location: /c', ['/a?b', '/c']],
    [
      ['Content-Location: d', 'Location: /c'],
      ['/a?b', '/c', '/d'],
    ],
    [
      ['Location: /c', 'Content-Location: /c'],
      ['/a?b', '/c'],
    ],
    ['Location: /a?b', ['/a?b']],
    ['Location: ?c', ['/a?b', '/a?c']],
    ['Location: https://a.example/c', ['/a?b', '/c']],
    ['Location: HTTPS://A.example:443/c', ['/a?b', '/c']],
    ['Location: //a.example/c', ['/a?b', '/c']],
    ['Location: /c#d', ['/a?b', '/c']],
    [
      ['Location: /c', 'Location: /d'],
      ['/a?b', '/c', '/d'],
    ],
  ])('with %j has what is named: %j', (lines, expected) => {
    expect(targets(lines)).toEqual(expected)
  })

  it.each([
    'https://b.example/c',
    'https://sub.a.example/c',
    'https://a.example.evil/c',
    'https://a.example:8443/c',
    'http://a.example/c',
    '//b.example/c',
    'https://a.example@b.example/c',
    'https://x@a.example/c',
    '\\\\b.example/c',
    'javascript:1',
  ])('has nothing of another origin: %s', (location) => {
    expect(targets(`Location: ${location}`)).toEqual(['/a?b'])
    expect(targets(`Content-Location: ${location}`)).toEqual(['/a?b'])
  })
})
