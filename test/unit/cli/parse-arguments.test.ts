import { describe, expect, it } from 'vitest'
import { parseArguments } from '../../../src/cli/parse-arguments.js'
import type { Command } from '../../../src/cli/command.js'
import { Failure } from '../../../src/cli/failure.js'

const command: Command = {
  name: 'try',
  summary: 'Try',
  usage: 'KEY',
  arguments: { min: 1, max: 2 },
  flags: [
    { name: 'url', short: 'u', value: 'URL', help: 'where' },
    { name: 'json', help: 'as JSON' },
  ],
  run: () => Promise.resolve(0),
}

describe('parseArguments', () => {
  it.each<[string[], string | undefined, boolean | undefined, string[]]>([
    [['k'], undefined, undefined, ['k']],
    [['k', '--url', 'a'], 'a', undefined, ['k']],
    [['--url=a', 'k', '--json'], 'a', true, ['k']],
    [['-u', 'a', 'k', '--no-json'], 'a', false, ['k']],
    [['k', '--url', 'a', '--url', 'b'], 'b', undefined, ['k']],
    [['--url=-a', 'k'], '-a', undefined, ['k']],
    [['k', '--url', '-'], '-', undefined, ['k']],
    [['--url=', 'k'], '', undefined, ['k']],
    [['--', '--url', 'k'], undefined, undefined, ['--url', 'k']],
  ])('%j', (argv, url, json, positionals) => {
    const args = parseArguments(command, argv)
    expect([args.text('url'), args.flag('json'), args.positionals]).toEqual([
      url,
      json,
      positionals,
    ])
  })

  it.each<[string[], string]>([
    [[], 'it needs KEY'],
    [['a', 'b', 'c'], "unexpected argument 'c'"],
    [['k', '--url'], '--url needs a value: --url URL'],
    [['k', '-u'], '-u needs a value: -u URL'],
    [
      ['k', '--url', '--json'],
      '--url needs a value; one that begins with - is written --url=--json',
    ],
    [['k', '--json=yes'], '--json takes no value'],
    [['k', '--no-json=yes'], 'unknown flag --no-json'],
    [['k', '--no-url'], 'unknown flag --no-url'],
    [['k', '--jsno'], 'unknown flag --jsno; did you mean --json?'],
    [['k', '--__proto__'], 'unknown flag --__proto__'],
  ])('refuses %j: %s', (argv, message) => {
    const given = (): unknown => parseArguments(command, argv)
    expect(given).toThrow(Failure)
    expect(given).toThrow(expect.objectContaining({ code: 2, message }))
  })

  it('asks for no arguments where help is wanted', () => {
    expect(parseArguments(command, ['--help']).flag('help')).toBe(true)
  })
})
