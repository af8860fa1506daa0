/** Express 4 under another name: what the tests use of it is the same. */
declare module 'express4' {
  import type express from 'express'
  const express4: typeof express
  export = express4
}
