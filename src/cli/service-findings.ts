import type { Client } from '../client/client.js'
import { createClient } from '../client/create-client.js'
import { ServiceRefusedError } from '../errors.js'
import { askAdmin } from './ask-admin.js'
import { Failure } from './failure.js'
import { type Finding, fail, ok, warn } from './finding.js'
import { orFailure } from './service-failure.js'
import type { ServiceTarget } from './target.js'

/** A key that nobody has; a read of it says whether the service answers, and takes the token. */
const PROBE = 'strata-doctor'

/** The service at its two addresses. */
export async function serviceFindings(target: ServiceTarget): Promise<readonly Finding[]> {
  return [await dataFinding(target), await adminFinding(target)]
}

async function dataFinding({ url, token, namespace }: ServiceTarget): Promise<Finding> {
  const what = 'service'
  const client = createClient({ url, namespace, ...(token === undefined ? {} : { token }) })
  try {
    const start = performance.now()
    const hasNamespace = await orFailure(url, () => isThere(client))
    const says = `${url} answers, ${(performance.now() - start).toFixed(1)} ms`
    return ok(what, hasNamespace ? says : `${says}; it has no namespace '${namespace}'`)
  } catch (error) {
    return asFinding(what, error, fail)
  }
}

/** Whether its namespace is one of those that the service has; what stands under the key does not matter. */
async function isThere(client: Client): Promise<boolean> {
  try {
    await client.read(PROBE)
    return true
  } catch (error) {
    if (error instanceof ServiceRefusedError && error.problem === 'not-found') return false
    throw error
  }
}

async function adminFinding(target: ServiceTarget): Promise<Finding> {
  const what = 'admin'
  try {
    const state = (await askAdmin(target, '/readyz', [503])) as {
      readonly status?: string
      readonly redis?: unknown
      readonly coherent?: boolean
    }
    const says = `${target.adminUrl}: ${state.status}, redis ${JSON.stringify(state.redis ?? 'none')}`
    return state.status === 'ready'
      ? ok(what, says)
      : fail(what, says, "run 'strata doctor --redis URL' for the Redis of the service")
  } catch (error) {
    return asFinding(what, error, warn)
  }
}

function asFinding(what: string, error: unknown, make: typeof fail): Finding {
  if (!(error instanceof Failure)) throw error
  const [says = '', ...advice] = error.message.split('; ')
  return make(what, says, advice.join('; '))
}
