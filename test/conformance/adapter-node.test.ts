import { startNode } from './adapter-sites/node.js'
import { runAdapterSuite } from './adapter-suite.js'

const NO_MIDDLEWARE = 'there is no middleware: what is to be compressed is compressed by the policy'
const NO_ROUTES = 'there are no routes: a listener has no pattern'

runAdapterSuite('node:http', startNode, {
  'an error that is handed on is the framework’s to answer': 'errors are thrown',
  'compression in front: each client in its own coding': NO_MIDDLEWARE,
  'compression behind: the handler makes one coding for all': NO_MIDDLEWARE,
  'by the pattern of the route': NO_ROUTES,
  'routes of mounted routers are purged by their whole pattern': NO_ROUTES,
  'a policy within an application that is cached by fields decides': NO_ROUTES,
})
