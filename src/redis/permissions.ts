import { newId } from '../entry/id.js'
import { replyCode } from '../tier/failure.js'
import { isReply, saidBy } from './failure-text.js'
import type { CommandArgument, CommandClient } from './redis-client.js'
import { heartbeatOf, RedisKeys } from './redis-keys.js'

type Attempt = readonly [name: string, ...command: readonly CommandArgument[]]

export interface Permitted {
  readonly missing: readonly string[]
  readonly unwritable: string | undefined
}

/** Milliseconds that the key of the attempt lives at most. */
const BRIEFLY = 10_000

/**
 * Tries each command on a key of its own and sees which are refused: whoever may not ask for his rights can still use them.
 * What is answered with another error (`MOVED`, `READONLY`) was allowed.
 */
export async function permissionsOf(
  client: CommandClient,
  root: string,
  isCluster: boolean,
): Promise<Permitted> {
  const key = new RedisKeys(root).entry(`doctor-${newId()}`)
  const missing: string[] = []
  let unwritable: string | undefined
  for (const [name, ...command] of attempts(key, root, isCluster)) {
    const error = await refusal(client, command)
    if (error === undefined) continue
    if (replyCode(error) === 'NOPERM') missing.push(name)
    else if (name === 'set' && !error.startsWith('MOVED')) unwritable = error
  }
  return { missing, unwritable }
}

/** Whether the connection on which invalidations are heard may listen. The client is no use for anything else afterwards. */
export async function mayListen(
  client: CommandClient,
  channel: string,
): Promise<string | undefined> {
  const error = await said(client.subscribe(channel))
  return error !== undefined && replyCode(error) === 'NOPERM' ? error : undefined
}

function attempts(key: string, root: string, isCluster: boolean): readonly Attempt[] {
  const everywhere: readonly Attempt[] = [
    ['ping', 'PING'],
    ['time', 'TIME'],
    ['info', 'INFO', 'server'],
    ['client|setname', 'CLIENT', 'SETNAME', `strata:${root}`],
    ['set', 'SET', key, 'doctor', 'PX', BRIEFLY],
    ['get', 'GET', key],
    ['mget', 'MGET', key],
    ['getrange', 'GETRANGE', key, 0, 0],
    ['setrange', 'SETRANGE', key, 0, 'D'],
    ['pttl', 'PTTL', key],
    ['eval', 'EVAL', 'return 1', 1, key],
    ['evalsha', 'EVALSHA', '0'.repeat(40), 1, key],
    ['del', 'DEL', key],
    // where that was refused, the key ends so
    ['pexpire', 'PEXPIRE', key, 1],
  ]
  const single: readonly Attempt[] = [['publish', 'PUBLISH', quietChannel(root), '']]
  const tracking: readonly Attempt[] = [
    ['cluster', 'CLUSTER', 'SLOTS'],
    ['client|id', 'CLIENT', 'ID'],
    ['client|tracking', 'CLIENT', 'TRACKING', 'OFF'],
  ]
  return [...everywhere, ...(isCluster ? tracking : single)]
}

/** Nobody listens there. */
export function quietChannel(root: string): string {
  return heartbeatOf(root, 'doctor')
}

async function refusal(
  client: CommandClient,
  [name = '', ...args]: readonly CommandArgument[],
): Promise<string | undefined> {
  return said(client.call(String(name), ...args))
}

async function said(reply: Promise<unknown>): Promise<string | undefined> {
  try {
    await reply
    return undefined
  } catch (error) {
    if (isReply(error)) return saidBy(error)
    throw error
  }
}
