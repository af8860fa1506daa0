import { startFastify } from './adapter-sites/fastify.js'
import { runAdapterSuite } from './adapter-suite.js'

runAdapterSuite('Fastify 5', startFastify, {
  'compression behind: the handler makes one coding for all':
    'hooks that change what is sent stand in front of the cache, wherever they are registered',
  'an error that is handed on is the framework’s to answer': 'errors are thrown or sent',
})
