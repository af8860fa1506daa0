import type { CommandClient } from './redis-client.js'
import { isReply } from './failure-text.js'

/** The fields of sections of `INFO`. Empty where this user may not ask. */
export async function askInfo(client: CommandClient): Promise<ReadonlyMap<string, string>> {
  const fields = new Map<string, string>()
  for (const section of ['server', 'memory', 'replication']) {
    const text = await orUndefined(client.info(section))
    for (const line of (text ?? '').split('\r\n')) {
      const colon = line.indexOf(':')
      if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1))
    }
  }
  return fields
}

/** A number of `CONFIG GET`. Undefined where this user may not ask, or it is not known there. */
export async function askConfig(client: CommandClient, name: string): Promise<number | undefined> {
  const reply = await orUndefined(client.call('CONFIG', 'GET', name))
  const value = Array.isArray(reply) ? Number(reply[1]) : Number.NaN
  return Number.isFinite(value) ? value : undefined
}

async function orUndefined<T>(reply: Promise<T>): Promise<T | undefined> {
  try {
    return await reply
  } catch (error) {
    // no permission, or no such section: there are other ways to find out what is wrong
    if (isReply(error)) return undefined
    throw error
  }
}
