import type { ClientSetOptions } from '../client/client.js'
import { type Duration, parseDuration } from '../entry/duration.js'
import type { Arguments } from './arguments.js'
import type { Command } from './command.js'
import { Failure } from './failure.js'
import { QUEUED_NOTE } from './place.js'
import { printJson } from './print-json.js'
import { readValue } from './read-value.js'
import { TARGET_FLAGS } from './target.js'
import { withPlace } from './with-place.js'

export const set: Command = {
  name: 'set',
  summary: 'Store a value under a key',
  usage: 'KEY VALUE|-|@FILE',
  arguments: { min: 2, max: 2 },
  flags: [
    { name: 'ttl', value: 'DURATION', help: 'how long it is fresh: 30s, 5m, 2h, 7d' },
    { name: 'grace', value: 'DURATION', help: 'how long it may be served stale after that' },
    { name: 'tag', value: 'TAG', help: 'a label to purge it by; may be repeated' },
    { name: 'type', value: 'TYPE', help: 'store bytes of this content type instead of JSON' },
    {
      name: 'if-match',
      value: 'ETAG',
      help: "only if the value with this ETag is there ('strata get --json' tells it); '*' for any",
    },
    { name: 'if-absent', help: 'only if nothing is there' },
    ...TARGET_FLAGS,
  ],
  details: `
VALUE is JSON if it is well-formed, else text. - reads standard input, @FILE a file: there JSON, or with --type anything.

  strata set -n shop post:7 '{"title":"Hello"}' --ttl 5m --tag posts
  strata set -n shop logo @logo.png --type image/png

Exit codes: 0 stored, 4 refused: the condition does not hold, or the value is too large.`,
  async run(args, io) {
    const [key = '', said = ''] = args.positionals
    const options = optionsOf(args)
    const bytes = await readValue(said, io.stdin)
    const value = options.type === undefined ? jsonOf(bytes, said) : bytes
    return withPlace(args, io, async (place) => {
      const { result, etag } = await place.set(key, value, options)
      if (args.flag('json') === true) printJson(io.stdout, { key, result, etag })
      else if (result === 'refused') throw new Failure(4, `not stored: the condition does not hold`)
      else io.stdout.write(`stored '${key}' in ${place.name}${QUEUED_NOTE[result]}\n`)
      return result === 'refused' ? 4 : 0
    })
  },
}

function optionsOf(args: Arguments): ClientSetOptions {
  const [ttl, grace] = [args.text('ttl'), args.text('grace')]
  const [type, ifMatch] = [args.text('type'), args.text('if-match')]
  const tags = args.texts('tag')
  if (ifMatch !== undefined && args.flag('if-absent') === true) {
    throw new Failure(2, '--if-match and --if-absent contradict each other', 'set')
  }
  return {
    ...(ttl === undefined ? {} : { ttl: durationOf(ttl, '--ttl') }),
    ...(grace === undefined ? {} : { grace: durationOf(grace, '--grace') }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(type === undefined ? {} : { type }),
    ...(ifMatch === undefined ? {} : { ifMatch: etagOf(ifMatch) }),
    ...(args.flag('if-absent') === true ? { ifAbsent: true } : {}),
  }
}

/** Shells take its quotes away. */
function etagOf(said: string): string {
  return /^[\w.-]+$/.test(said) ? `"${said}"` : said
}

/** A bare number would be milliseconds to a program, and seconds to many a person. */
function durationOf(text: string, flag: string): Duration {
  if (/^\d+$/.test(text) && text !== '0') {
    throw new Failure(2, `${flag} ${text}: say the unit, ${text}s or ${text}ms`, 'set')
  }
  return text === '0' ? 0 : parseDuration(text, flag)
}

function jsonOf(bytes: Uint8Array, said: string): unknown {
  const text = Buffer.from(bytes).toString('utf8')
  try {
    return JSON.parse(text) as unknown
  } catch {
    // text from the command line is a value as well; a file that should be JSON, or bytes, is a mistake
    if (said !== '-' && !said.startsWith('@')) return text
    const name = said === '-' ? 'standard input' : said.slice(1)
    throw new Failure(2, `${name} is no JSON; say what it is with --type`, 'set')
  }
}
