import { openRedis } from '../../demo/redis-server.js'
import type { DatabaseSettings } from '../database/open.js'
import { openFilled } from '../database/open-filled.js'
import type { Program } from '../program.js'
import type { AppOptions } from './open-app.js'
import { prepareTables } from './tables.js'
import { openUnpooled } from './unpooled.js'

export interface AppSettings extends DatabaseSettings {
  readonly users: number
  readonly redisUrl: string | undefined
}

/** What the application stands on, open until the program ends. */
export async function openAppParts(
  settings: AppSettings,
  program: Program,
): Promise<Pick<AppOptions, 'databases' | 'redis'>> {
  const { terminal, teardown } = program
  const { database, sizes } = await openFilled(settings, program)
  terminal.status('copying the tables without their indexes ...')
  await prepareTables(database)
  terminal.status('')
  const unpooled = await openUnpooled(settings, sizes)
  if (unpooled) teardown.add(() => unpooled.close())
  const redis = await openRedis(settings.redisUrl)
  if (redis) teardown.add(() => redis.close())
  return { databases: { pooled: database, unpooled }, redis: redis?.url }
}
