import { ErrorReply, ERRORS, OK, type Reply, Status } from './reply.js'
import { parseInteger } from './integer.js'
import type { ServerConnection } from './server-connection.js'
import type { Server } from './server.js'

/** Commands about the connection they come on. */
export interface ConnectionCommand {
  readonly arity: number
  run(server: Server, connection: ServerConnection, args: readonly Buffer[]): Reply | undefined
}

function subscribe(
  server: Server,
  connection: ServerConnection,
  args: readonly Buffer[],
): undefined {
  for (const channel of args) {
    server.pubSub.subscribe(connection, channel.toString('latin1'))
    connection.send([Buffer.from('subscribe'), channel, connection.channels.size])
  }
}

function unsubscribe(
  server: Server,
  connection: ServerConnection,
  args: readonly Buffer[],
): undefined {
  const named = args.map((channel) => channel.toString('latin1'))
  const channels = named.length > 0 ? named : [...connection.channels]
  for (const channel of channels) {
    server.pubSub.unsubscribe(connection, channel)
    const shown = Buffer.from(channel, 'latin1')
    connection.send([Buffer.from('unsubscribe'), shown, connection.channels.size])
  }
  if (channels.length === 0) connection.send([Buffer.from('unsubscribe'), null, 0])
}

function ping(server: Server, connection: ServerConnection, [text]: readonly Buffer[]): Reply {
  if (connection.channels.size > 0) return [Buffer.from('pong'), text ?? Buffer.alloc(0)]
  if (server.switches.misconf) return ERRORS.misconf
  return text ?? new Status('PONG')
}

function client(
  server: Server,
  connection: ServerConnection,
  [word, ...args]: readonly Buffer[],
): Reply {
  const subcommand = word!.toString('latin1').toLowerCase()
  switch (subcommand) {
    case 'id':
      return connection.id
    case 'kill':
      return kill(server, args)
    case 'tracking':
      return track(server, connection, args)
    case 'setname':
      connection.name = (args[0] ?? '').toString()
      return OK
    case 'getname':
      return connection.name === '' ? null : Buffer.from(connection.name)
    case 'setinfo':
    case 'no-evict':
      return OK
    default:
      return new ErrorReply(`ERR unknown subcommand '${word!.toString()}'. Try CLIENT HELP.`)
  }
}

/** Only `CLIENT TRACKING ON REDIRECT <id> BCAST PREFIX <prefix> ...`. */
function track(server: Server, connection: ServerConnection, args: readonly Buffer[]): Reply {
  const words = args.map((arg) => arg.toString('latin1'))
  const [on, redirect, id = '', bcast, ...rest] = words
  const prefixes = rest.filter((_, i) => i % 2 === 1)
  const isKnown = [on, redirect, bcast].join(' ').toUpperCase() === 'ON REDIRECT BCAST'
  const arePrefixes = rest.every((word, i) => i % 2 === 1 || word.toUpperCase() === 'PREFIX')
  if (!isKnown || !arePrefixes) return ERRORS.syntax
  server.tracking.track(connection, { target: Number(id), prefixes })
  return OK
}

/** Only `CLIENT KILL ID <id>`. */
function kill(server: Server, [by, number]: readonly Buffer[]): Reply {
  if (by?.toString('latin1').toLowerCase() !== 'id' || number === undefined) return ERRORS.syntax
  const id = parseInteger(number)
  const killed = [...server.connections].filter((connection) => connection.id === id)
  for (const connection of killed) connection.close()
  return killed.length
}

/** Only `CLUSTER NODES`. */
function cluster({ clusterNodes }: Server): Reply {
  if (clusterNodes === undefined) {
    return new ErrorReply('ERR This instance has cluster support disabled')
  }
  return Buffer.from(clusterNodes)
}

function quit(server: Server, connection: ServerConnection): undefined {
  connection.send(OK)
  connection.close()
}

export const CONNECTION_COMMANDS: Readonly<Record<string, ConnectionCommand>> = {
  subscribe: { arity: -2, run: subscribe },
  unsubscribe: { arity: -1, run: unsubscribe },
  ping: { arity: -1, run: ping },
  client: { arity: -2, run: client },
  cluster: { arity: -2, run: cluster },
  quit: { arity: -1, run: quit },
}
