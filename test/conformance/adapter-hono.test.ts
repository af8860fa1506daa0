import { startHono } from './adapter-sites/hono.js'
import { runAdapterSuite } from './adapter-suite.js'

const NO_RESPONSE_OBJECT = "Hono's handlers return their response"

runAdapterSuite('Hono', startHono, {
  'after the answer the request is whole again': 'the handler has a context of its own',
  'an error that is handed on is the framework’s to answer': 'errors are thrown',
  'writeHead with an object': NO_RESPONSE_OBJECT,
  'writeHead with a reason and an object': NO_RESPONSE_OBJECT,
  'writeHead with a flat array': NO_RESPONSE_OBJECT,
  'setHeader, appendHeader and an end': NO_RESPONSE_OBJECT,
  'writeHead, then pieces': NO_RESPONSE_OBJECT,
  'pieces in codings, and an end with a piece': NO_RESPONSE_OBJECT,
  'flushHeaders sends the head before there is a body': NO_RESPONSE_OBJECT,
  'what is written after the end goes nowhere': NO_RESPONSE_OBJECT,
  'the response tells how far it is, as it always does': NO_RESPONSE_OBJECT,
  'finish and the callbacks of write and end are called': NO_RESPONSE_OBJECT,
  'write tells a handler to wait, and drain to go on': NO_RESPONSE_OBJECT,
  'destroying it breaks the connection and nothing is stored': NO_RESPONSE_OBJECT,
})
