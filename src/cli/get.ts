import type { ClientReading } from '../client/client.js'
import type { Command } from './command.js'
import { Failure } from './failure.js'
import { printJson } from './print-json.js'
import { TARGET_FLAGS } from './target.js'
import { withPlace } from './with-place.js'

export const get: Command = {
  name: 'get',
  summary: 'Print the value of a key',
  usage: 'KEY',
  arguments: { min: 1, max: 1 },
  flags: TARGET_FLAGS,
  details: `
Bytes are written as they are, anything else as JSON. A stale value is not there: it is served to loads only.

  strata get -n shop post:7
  strata get -n shop logo > logo.png

Exit codes: 0 found, 1 nothing fresh there.`,
  async run(args, io) {
    const [key = ''] = args.positionals
    const isJson = args.flag('json') === true
    return withPlace(args, io, async (place) => {
      const reading = await place.read(key)
      if (isJson) printJson(io.stdout, { key, found: reading !== undefined, ...shown(reading) })
      else if (reading !== undefined) io.stdout.write(textOf(reading, io.stdout))
      else
        throw new Failure(
          1,
          `nothing fresh under '${key}' in ${place.name}; 'strata explain' says why`,
        )
      return reading === undefined ? 1 : 0
    })
  },
}

/** For programs; bytes in base64, as in the API. */
function shown(reading: ClientReading | undefined): object | undefined {
  if (reading === undefined) return undefined
  const { value, ...rest } = reading
  return value instanceof Uint8Array
    ? { base64: Buffer.from(value).toString('base64'), ...rest }
    : { value, ...rest }
}

function textOf({ value }: ClientReading, stdout: NodeJS.WritableStream): string | Uint8Array {
  if (value instanceof Uint8Array) return value
  const isTerminal = (stdout as { isTTY?: boolean }).isTTY === true
  return `${JSON.stringify(value, undefined, isTerminal ? 2 : undefined)}\n`
}
