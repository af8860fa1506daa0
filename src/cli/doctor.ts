import { diagnoseRedis } from '../create-cache.js'
import { InvalidOptionError } from '../errors.js'
import type { Arguments } from './arguments.js'
import type { Command, Io } from './command.js'
import { type Finding, fail } from './finding.js'
import { localFindings } from './local-findings.js'
import { printJson } from './print-json.js'
import { redisFindings } from './redis-findings.js'
import { rows } from './rows.js'
import { serviceFindings } from './service-findings.js'
import { TARGET_FLAGS, targetOf } from './target.js'

export const doctor: Command = {
  name: 'doctor',
  summary: 'Check this machine, a service or a Redis, and say what to do',
  flags: TARGET_FLAGS,
  details: `
With --redis it checks that Redis: version, permissions, eviction, memory, latency, clock. It writes and deletes one key.

  strata doctor
  strata doctor --redis redis://127.0.0.1:6379

Exit codes: 0 nothing fails (there may be warnings), 1 something does.`,
  async run(args, io) {
    const findings = [...(await localFindings()), ...(await remoteFindings(args, io))]
    const fails = findings.some(({ verdict }) => verdict === 'fail')
    if (args.flag('json') === true) printJson(io.stdout, { ok: !fails, findings })
    else io.stdout.write(text(findings, io))
    return fails ? 1 : 0
  },
}

async function remoteFindings(args: Arguments, { env }: Io): Promise<readonly Finding[]> {
  const target = targetOf(args, env)
  if (target.kind === 'service') return serviceFindings(target)
  try {
    return redisFindings(
      await diagnoseRedis({ url: target.url, connectTimeout: '5s' }, target.root),
    )
  } catch (error) {
    if (error instanceof InvalidOptionError || !(error instanceof Error)) throw error
    return [fail('redis', error.message, 'is it running, and are address and password right?')]
  }
}

function text(findings: readonly Finding[], io: Io): string {
  return rows(
    findings.map(({ what, verdict, says, advice = '' }) => [
      what,
      `${colored(verdict, io)} ${says}${advice === '' ? '' : `\n     ${advice}`}`,
    ]),
  )
}

const COLORS = { ok: 32, warn: 33, fail: 31 } as const

function colored(verdict: Finding['verdict'], { stdout, env }: Io): string {
  const padded = verdict.padEnd(4)
  const isPlain = (stdout as { isTTY?: boolean }).isTTY !== true || (env['NO_COLOR'] ?? '') !== ''
  return isPlain ? padded : `\u001b[${COLORS[verdict]}m${padded}\u001b[0m`
}
