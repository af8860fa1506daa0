export type { Step } from '../http/step.js'
