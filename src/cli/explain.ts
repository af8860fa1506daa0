import type { Step } from '../service/step.js'
import type { Arguments } from './arguments.js'
import { askAdmin } from './ask-admin.js'
import type { Command, ExitCode, Io } from './command.js'
import { explainKey } from './explain-key.js'
import { Failure } from './failure.js'
import { formatSteps } from './format-steps.js'
import { printJson } from './print-json.js'
import { TARGET_FLAGS, targetOf } from './target.js'
import { withPlace } from './with-place.js'

export const explain: Command = {
  name: 'explain',
  summary: 'Say step by step what a read of a key, or a request, would get and why',
  usage: 'KEY | METHOD URL',
  arguments: { min: 1, max: 2 },
  flags: [
    {
      name: 'header',
      short: 'H',
      value: 'FIELD',
      help: "of a request: 'Accept: text/html'; may be repeated",
    },
    ...TARGET_FLAGS,
  ],
  details: `
Nothing is changed by it: no read is counted, nothing is loaded. With a method and a URL it tells how the HTTP cache of the
service (strata serve --origin) would answer.

  strata explain -n shop post:7
  strata explain GET /posts/1

Exit codes: 0 explained.`,
  async run(args, io) {
    const [first = '', second] = args.positionals
    if (second !== undefined) return explainRequest(args, io, first, second)
    return withPlace(args, io, async (place) =>
      print(args, io, explainKey(await place.inspect(first))),
    )
  },
}

async function explainRequest(
  args: Arguments,
  io: Io,
  method: string,
  url: string,
): Promise<ExitCode> {
  if (!/^[A-Z]{3,16}$/.test(method)) {
    throw new Failure(2, `'${method}' is no method: strata explain GET ${url}`, 'explain')
  }
  const target = targetOf(args, io.env)
  if (target.kind === 'redis')
    throw new Failure(2, 'a request is explained by a service', 'explain')
  // a path is that of the service the clients speak to
  const whole = url.startsWith('/') ? target.url.replace(/\/+$/, '') + url : url
  const query = new URLSearchParams({ method, url: whole })
  for (const field of args.texts('header')) query.append('header', field)
  const { steps } = (await askAdmin(target, `/explain?${query.toString()}`)) as {
    steps: readonly Step[]
  }
  return print(args, io, steps)
}

function print(args: Arguments, { stdout }: Io, steps: readonly Step[]): ExitCode {
  if (args.flag('json') === true) printJson(stdout, { steps })
  else stdout.write(formatSteps(steps))
  return 0
}
