import type { Command } from './command.js'
import { Status } from './reply.js'

/** Commands about the server that scripts may call too. */
export const SERVER_COMMANDS: Readonly<Record<string, Command>> = {
  time: {
    arity: 1,
    run: ({ now }) => {
      const micros = Math.floor(now * 1_000)
      const seconds = Math.floor(micros / 1e6)
      return [Buffer.from(`${seconds}`), Buffer.from(`${micros - seconds * 1e6}`)]
    },
  },
  publish: {
    arity: 3,
    run: (context, [channel, message]) => context.publish(channel!, message!),
  },
  info: { arity: -1, run: (context) => Buffer.from(context.info()) },
  /** For scripts; to a connection `connection-commands` answers. */
  ping: { arity: -1, run: (_, [text]) => text ?? new Status('PONG') },
  echo: { arity: 2, run: (_, [text]) => text! },
}
