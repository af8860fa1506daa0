import { startKoa } from './adapter-sites/koa.js'
import { runAdapterSuite } from './adapter-suite.js'

runAdapterSuite('Koa', startKoa, {
  'an error that is handed on is the framework’s to answer': 'errors are thrown',
  'flushHeaders sends the head before there is a body':
    'Koa sends the head with the first piece of the body, for middleware may change it',
})
