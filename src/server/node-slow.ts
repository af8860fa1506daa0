import type { ServerResponse } from 'node:http'

/**
 * For an answer that is complete: what the kernel did not take at once waits for the client, which is cut off when it takes
 * nothing for so long. The next request on the connection, or the wait for it, sets another time.
 */
export function watchSlow({ socket }: ServerResponse, writeTimeout: number): void {
  if (socket !== null && socket.writableLength > 0) socket.setTimeout(writeTimeout)
}
