import { Reply } from '../server/reply.js'
import { JSON_TYPE } from './accept.js'

/** An answer that nobody keeps. `text`: its JSON. */
export function jsonReply(text: string): Reply {
  return new Reply(200, ['content-type', JSON_TYPE, 'cache-control', 'no-store'], text)
}
