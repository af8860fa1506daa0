import type { Row } from '../row.js'
import { dashboard } from './dashboard.js'
import { indexes } from './indexes.js'
import { native } from './native.js'
import { profile } from './profile.js'
import { wholePath } from './whole-path.js'

/** In the order of the report. */
export const rows: readonly Row[] = [indexes, profile, dashboard, native, wholePath]
