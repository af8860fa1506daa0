/** Whose events these are: a simulated process (or nobody in particular: the network, Redis, the world). */
export interface Owner {
  /** `paused`: what falls due waits until it goes on. `dead`: it never runs. */
  state: 'running' | 'paused' | 'dead'
  /** What fell due during the pause, in order. */
  readonly backlog: (() => void)[]
}
