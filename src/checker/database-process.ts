// The database: a process of its own, asked over TCP by all others. Started by crew.ts; tells its port, ends with its parent.
import { createServer, type Socket } from 'node:net'
import { type DatabaseReply, type DatabaseRequest, onLine, sendLine } from './protocol.js'
import { Rows } from './rows.js'

const rows = new Rows()
let loads = 0
let connections = 0

const server = createServer((socket) => {
  const name = `${++connections}`
  const holds = new Set<string>()
  const holderOf = (write: number): string => `${name}-${write}`
  socket.setNoDelay(true)
  onLine(socket, (message) => {
    const request = message as DatabaseRequest
    if (request.op === 'write' && request.hold) holds.add(holderOf(request.id))
    if (request.op === 'release') holds.delete(holderOf(request.write))
    answer(request, holderOf, (reply) => send(socket, reply))
  })
  // a process that is killed resets its connections
  socket.on('error', () => socket.destroy())
  socket.on('close', () => {
    for (const holder of holds) rows.release(holder)
  })
})

function answer(
  request: DatabaseRequest,
  holderOf: (write: number) => string,
  reply: (reply: DatabaseReply) => void,
): void {
  const { id } = request
  switch (request.op) {
    case 'read':
      loads++
      return reply({ id, versions: [rows.read(request.key)] })
    case 'write':
      return rows.write(request.keys, request.hold ? holderOf(id) : undefined, (versions) =>
        reply({ id, versions }),
      )
    case 'release':
      rows.release(holderOf(request.write))
      return reply({ id })
    case 'summary':
      return reply({ id, summary: { loads, newest: rows.all() } })
  }
}

function send(socket: Socket, reply: DatabaseReply): void {
  if (socket.writable) sendLine(socket, reply)
}

process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') process.send?.(address.port)
})
