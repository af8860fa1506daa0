import type { Socket } from '../net/socket.js'
import type { FaultName } from './menu.js'
import type { World } from './world.js'

/** Something that goes wrong. Returns how it ends, after the milliseconds it lasts; or ends at once. */
export type Fault = (world: World) => Ending | undefined

interface Ending {
  readonly after: number
  readonly end: () => void
}

function anySocket(
  { servers, dice }: World,
  isMeant: (socket: Socket) => boolean = () => true,
): Socket | undefined {
  const sockets = servers.flatMap(({ network }) => network.sockets()).filter(isMeant)
  return sockets.length === 0 ? undefined : dice.pick(sockets)
}

function cut(world: World): undefined {
  const { dice } = world
  anySocket(world)?.cut({ requests: dice.chance(0.5), replies: dice.chance(0.5) })
}

/** Nothing gets through for a while; then either all of it arrives late, or the connection breaks. */
function blackHole(world: World): Ending | undefined {
  const { dice } = world
  const socket = anySocket(world)
  if (socket === undefined) return undefined
  socket.hold(dice.pick(['requests', 'replies', 'both']))
  const isCut = dice.chance(0.5)
  const lose = { requests: dice.chance(0.3), replies: true }
  return {
    after: dice.int(20, 1_500),
    end: () => {
      socket.release()
      if (isCut) socket.cut(lose)
    },
  }
}

function slow(world: World): Ending | undefined {
  return slowed(world, anySocket(world))
}

/** What others did is heard long after it was acknowledged. */
function lateNews(world: World): Ending | undefined {
  return slowed(
    world,
    anySocket(world, ({ channels }) => channels.size > 0),
  )
}

function slowed(world: World, socket: Socket | undefined): Ending | undefined {
  socket?.slow(world.dice.int(10, 150))
  return socket && { after: world.dice.int(50, 500), end: () => socket.slow(0) }
}

function pause(world: World): Ending {
  const process = world.dice.pick(world.processes)
  world.scheduler.pause(process)
  return { after: world.dice.int(10, 1_000), end: () => world.scheduler.resume(process) }
}

function kill(world: World): undefined {
  world.kill(world.dice.int(0, world.processes.length - 1))
}

function freeze(world: World): Ending {
  const { dice } = world
  const { network } = world.anyServer()
  network.freeze()
  return { after: dice.int(10, 800), end: () => network.thaw() }
}

function clockSet(world: World): undefined {
  world.redisSkew += world.dice.int(-3_000, 3_000)
}

function restart(world: World): Ending {
  const { redis, network } = world.anyServer()
  redis.restart()
  network.isDown = true
  return { after: world.dice.int(5, 600), end: () => (network.isDown = false) }
}

/** A replica takes over that had not heard of the last writes. */
function failover(world: World): Ending {
  const { redis } = world.anyServer()
  const snapshot = redis.snapshot()
  return { after: world.dice.int(5, 100), end: () => redis.restart(snapshot) }
}

function flush(world: World): undefined {
  world.anyServer().redis.flush()
}

function forgetScripts(world: World): undefined {
  world.anyServer().redis.scripts.clear()
}

function evict(world: World): undefined {
  const { dice } = world
  const { redis } = world.anyServer()
  const keys = redis.keyspace.keys()
  if (keys.length > 0) redis.evict(dice.pick(keys))
}

function switchOn(name: 'full' | 'readOnly' | 'misconf') {
  return (world: World): Ending => {
    const { dice } = world
    const { redis } = world.anyServer()
    redis.switches[name] = true
    return { after: dice.int(5, 300), end: () => (redis.switches[name] = false) }
  }
}

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  cut,
  blackHole,
  slow,
  lateNews,
  pause,
  kill,
  freeze,
  restart,
  failover,
  flush,
  forgetScripts,
  evict,
  full: switchOn('full'),
  readOnly: switchOn('readOnly'),
  misconf: switchOn('misconf'),
  clockSet,
}
