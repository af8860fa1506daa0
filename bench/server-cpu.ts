import type { Redis } from 'ioredis'
import { infoNumber } from './redis-info.js'

/** What a Redis server has used since it started, as it says itself. */
export interface ServerUse {
  /** Microseconds of processor time, user and system. */
  readonly cpu: number
  /** Bytes that came in and went out. */
  readonly network: number
  readonly commands: number
}

export interface ServerMeter {
  use(): Promise<ServerUse>
  close(): void
}

export async function createServerMeter(port: number): Promise<ServerMeter> {
  const { Redis } = await import('ioredis')
  const redis: Redis = new Redis({ host: '127.0.0.1', port })
  return {
    use: async () => {
      const text = (await redis.info('cpu')) + (await redis.info('stats'))
      const field = (name: string): number => infoNumber(text, name) ?? Number.NaN
      return {
        cpu: (field('used_cpu_user') + field('used_cpu_sys')) * 1e6,
        network: field('total_net_input_bytes') + field('total_net_output_bytes'),
        commands: field('total_commands_processed'),
      }
    },
    close: () => redis.disconnect(),
  }
}
