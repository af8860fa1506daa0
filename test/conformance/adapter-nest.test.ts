import { startOnExpress, startOnFastify } from './adapter-sites/nest.js'
import { runAdapterSuite } from './adapter-suite.js'

const BEHIND = 'interceptors stand behind all middleware and hooks'

runAdapterSuite('Nest on Express', startOnExpress, {
  'compression behind: the handler makes one coding for all': BEHIND,
  'an error that is handed on is the framework’s to answer': 'errors are thrown',
})

runAdapterSuite('Nest on Fastify', startOnFastify, {
  'compression in front: each client in its own coding':
    'what is stored is written past the hooks of Fastify, which Nest has no way to leave out',
  'compression behind: the handler makes one coding for all': BEHIND,
  'an error that is handed on is the framework’s to answer': 'errors are thrown',
})
