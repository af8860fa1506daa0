import type { TailedRead } from '../service/read-tail.js'
import type { Arguments } from './arguments.js'
import { followAdmin } from './ask-admin.js'
import type { Command, Io } from './command.js'
import { printJson } from './print-json.js'
import { printable } from './rows.js'
import { sentEvents } from './server-sent.js'
import { JSON_FLAG, SERVICE_FLAGS, serviceOf } from './target.js'

export const tail: Command = {
  name: 'tail',
  summary: 'Print the reads of a service as they happen',
  flags: [
    { name: 'outcome', value: 'OUTCOME', help: 'hit, stale, miss, bypass, error; may be repeated' },
    { name: 'namespace', short: 'n', value: 'NAME', help: 'of this namespace only' },
    { name: 'prefix', value: 'TEXT', help: 'of keys that begin so only' },
    ...SERVICE_FLAGS,
    JSON_FLAG,
  ],
  details: `
Ends with Ctrl-C, or with the service. Hits that the native listener answered by itself come as one line for several.

  strata tail --outcome stale --outcome miss -n shop

Exit codes: 3 the service is gone.`,
  async run(args, io) {
    const path = `/tail?${queryOf(args)}`
    for (;;) await follow(args, io, await followAdmin(serviceOf(args, io.env), path))
  },
}

/** Until the stream ends. Then it is asked for again, with the token; a service that is gone is noticed by that. */
async function follow(args: Arguments, io: Io, body: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const { event, data } of sentEvents(body)) {
      if (event === 'renew') return
      if (event === 'reads') print(args, io, data)
    }
  } catch (error) {
    // how `fetch` tells of a connection that broke off
    if (!(error instanceof TypeError)) throw error
  }
}

function queryOf(args: Arguments): string {
  const query = new URLSearchParams()
  for (const outcome of args.texts('outcome')) query.append('outcome', outcome)
  for (const name of ['namespace', 'prefix']) {
    const said = args.text(name)
    if (said !== undefined) query.set(name, said)
  }
  return query.toString()
}

function print(args: Arguments, { stdout }: Io, data: string): void {
  const { reads, dropped } = JSON.parse(data) as {
    readonly reads: readonly TailedRead[]
    readonly dropped: number
  }
  const isJson = args.flag('json') === true
  for (const read of reads) {
    if (isJson) printJson(stdout, read)
    else stdout.write(lineOf(read))
  }
  if (dropped === 0) return
  if (isJson) printJson(stdout, { dropped })
  else stdout.write(`... ${dropped} more reads, which came too fast\n`)
}

function lineOf({ at, namespace, key, outcome, tier, count }: TailedRead): string {
  const time = new Date(at).toISOString().slice(11, 23)
  const times = count === 1 ? '' : ` x${count}`
  return `${time} ${outcome.padEnd(6)} ${(tier ?? '-').padEnd(6)} ${namespace} ${printable(key).replaceAll('\n', '\\n')}${times}\n`
}
