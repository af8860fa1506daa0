import { describe, expect, it } from 'vitest'
import { hostsOf, isLoopback } from '../../../src/service/exposure.js'
import { problemsOf, readOptions } from '../../../src/service/read-options.js'
import type { ServiceOptions } from '../../../src/service/service-options.js'

const TOKENS = [{ token: 'x'.repeat(16), scopes: ['read'] as const }]

describe('isLoopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['LocalHost', true],
    ['::1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['127.0.0.1.example', false],
    ['128.0.0.1', false],
    ['localhost.example', false],
    ['cache', false],
    ['', false],
  ])('%s: %s', (host, is) => {
    expect(isLoopback(host)).toBe(is)
  })
})

describe('a service for other machines', () => {
  it.each<[ServiceOptions, string[]]>([
    [{ host: '0.0.0.0' }, ['host']],
    [{ adminHost: '::' }, ['adminHost']],
    [{ host: '10.0.0.1', allowPublic: true }, []],
    [{ host: '10.0.0.1', tokens: TOKENS }, []],
    [{ adminHost: '10.0.0.1', tokens: TOKENS }, []],
    [{ host: 'localhost', adminHost: '::1' }, []],
  ])('%j: refused for %j', (options, refused) => {
    expect(problemsOf(options).map(({ option }) => option)).toEqual(refused)
  })
})

describe('hostsOf', () => {
  it.each<[ServiceOptions, string[] | undefined]>([
    [{}, ['localhost', '127.0.0.1', '[::1]']],
    [{ host: '127.0.0.9' }, ['localhost', '127.0.0.1', '[::1]', '127.0.0.9']],
    [{ host: '::1' }, ['localhost', '127.0.0.1', '[::1]']],
    [{ hosts: ['cache.example'] }, ['cache.example']],
    [{ tokens: TOKENS }, undefined],
    [{ host: '0.0.0.0', allowPublic: true }, undefined],
    [{ host: '0.0.0.0', tokens: TOKENS, hosts: ['a:80'] }, ['a:80']],
    [{ origin: 'http://a' }, undefined],
    [{ origin: 'http://a', hosts: ['b'] }, ['b']],
  ])('%j: %j', (options, hosts) => {
    const { settings } = readOptions(options)
    expect(hostsOf('host', settings)).toEqual(hosts)
  })
})
