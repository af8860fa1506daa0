/** What is missing. Nothing of what was sent is in it. */
export function unauthorizedDetail(authorization: string | undefined): string {
  return authorization === undefined
    ? 'send Authorization: Bearer <token>'
    : 'what Authorization holds is no token that is known here'
}
