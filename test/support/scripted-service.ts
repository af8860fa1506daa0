/** A request as the service would see it. */
export interface SeenRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Headers
  readonly text: string
  readonly signal: AbortSignal
}

type Answering = (request: SeenRequest) => Response | Promise<Response>

/** A `fetch` that answers by a function and remembers what it was asked. */
export function scriptedService(answer: Answering): {
  readonly fetch: typeof globalThis.fetch
  readonly seen: SeenRequest[]
} {
  const seen: SeenRequest[] = []
  const fetch = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const request = new Request(String(url), init)
    const { pathname, search } = new URL(request.url)
    const one = {
      method: request.method,
      path: pathname + search,
      headers: request.headers,
      text: await request.text(),
      signal: init.signal as AbortSignal,
    }
    seen.push(one)
    return answer(one)
  }
  return { fetch, seen }
}

/** A refusal as the service words it. */
export function problem(
  status: number,
  name: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const body = JSON.stringify({
    type: `https://strata-cache.dev/problems/${name}`,
    title: name,
    status,
    detail: `because of ${name}`,
  })
  return new Response(body, {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

export function missing(headers: Readonly<Record<string, string>> = {}): Response {
  return problem(404, 'not-found', { 'cache-status': 'strata; fwd=miss', ...headers })
}

/** A request that is answered when its signal aborts, by the rejection of a real `fetch`. */
export function never({ signal }: SeenRequest): Promise<Response> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
