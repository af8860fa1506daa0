import type { Row } from '../row.js'
import { indexes } from './indexes.js'

/** In the order of the report. */
export const rows: readonly Row[] = [indexes]
