import { startExpress4, startExpress5 } from './adapter-sites/express.js'
import { runAdapterSuite } from './adapter-suite.js'

runAdapterSuite('Express 5', startExpress5, {})
runAdapterSuite('Express 4', startExpress4, {
  'a handler that rejects is the framework’s to answer':
    'Express 4 does not look at the promise of a handler',
})
