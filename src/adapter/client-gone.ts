/** Nobody is there to be answered. */
export class ClientGone extends Error {
  constructor() {
    super('the client has gone')
  }
}
