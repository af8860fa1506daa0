import type { Row } from '../row.js'
import { batchInsert } from './batch-insert.js'
import { columns } from './columns.js'
import { dashboard } from './dashboard.js'
import { indexes } from './indexes.js'
import { l1 } from './l1.js'
import { l2 } from './l2.js'
import { layers } from './layers.js'
import { limit } from './limit.js'
import { memo } from './memo.js'
import { nPlusOne } from './n-plus-one.js'
import { native } from './native.js'
import { pool } from './pool.js'
import { profile } from './profile.js'
import { wholePath } from './whole-path.js'

/** In the order of the report: what caches do, what databases need, and all of it in an application. */
export const rows: readonly Row[] = [
  memo,
  l1,
  l2,
  layers,
  nPlusOne,
  indexes,
  pool,
  batchInsert,
  columns,
  limit,
  profile,
  dashboard,
  native,
  wholePath,
]
