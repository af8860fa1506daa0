import type { Arguments } from './arguments.js'
import type { ExitCode, Io } from './command.js'
import type { Place } from './place.js'
import { RedisPlace } from './redis-place.js'
import { ServicePlace } from './service-place.js'
import { targetOf } from './target.js'

/** Runs what a command does with the place its flags name, and leaves it. `usual`: the namespace where none is said. */
export async function withPlace(
  args: Arguments,
  { env }: Pick<Io, 'env'>,
  run: (place: Place) => Promise<ExitCode>,
  usual?: string,
): Promise<ExitCode> {
  const target = targetOf(args, env, usual)
  const place = target.kind === 'redis' ? new RedisPlace(target) : new ServicePlace(target)
  try {
    return await run(place)
  } finally {
    await place.close()
  }
}
