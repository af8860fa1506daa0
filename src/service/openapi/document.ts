import { packageVersion } from '../package-version.js'
import { ADMIN_PATHS } from './admin-paths.js'
import { BATCH_PATHS } from './batch-paths.js'
import type { OpenApiDocument, Paths } from './model.js'
import { json, REFUSED } from './responses.js'
import { SCHEMAS } from './schemas.js'
import { VALUE_PATHS } from './value-paths.js'

const DESCRIPTION = `A cache over HTTP. The listener for data has the operations tagged values, batches and health; that for
administration has all of them. Values and batches refuse a parameter of the query that is not described here. Every refusal is
a problem of RFC 9457.`

const HEALTH: Paths = {
  '/healthz': {
    get: {
      operationId: 'health',
      tags: ['health'],
      summary: 'Whether the process answers',
      security: [],
      responses: { 200: json('It does.', 'Health'), default: REFUSED },
    },
  },
}

/** The description of all that the service answers, in OpenAPI 3.1. */
export function openApiDocument(): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: { title: 'Strata', version: packageVersion(), description: DESCRIPTION },
    tags: [
      { name: 'values', description: 'One value.' },
      { name: 'batches', description: 'Many at once.' },
      { name: 'health', description: 'For whoever keeps the process running.' },
      { name: 'admin', description: 'On the admin listener alone; scope admin.' },
    ],
    paths: { ...HEALTH, ...VALUE_PATHS, ...BATCH_PATHS, ...ADMIN_PATHS },
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'Where tokens are configured.' },
      },
    },
  }
}
