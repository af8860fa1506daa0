import { createRequire } from 'node:module'
import type * as Fengari from 'fengari'
import { formatNumber } from './format-number.js'

/**
 * fengari speaks Lua 5.3 with integers of 32 bits, Redis speaks 5.1, where every number is a double: `now[1] * 1000`
 * would wrap around here and `10 / 2 .. ''` would read `5.0`. So no integer is ever made (numerals, conversions of
 * strings, results of library functions), and numbers are printed as 5.1 prints them. The rest of the difference is
 * syntax (`//`, `&`, `goto`), which a real server refuses to compile.
 */
interface TValue {
  readonly value: number
  setivalue(value: number): void
  setfltvalue(value: number): void
  setsvalue(value: unknown): void
}

interface LuaObject {
  luaO_str2num(text: Uint8Array, into: TValue): number
  luaO_tostring(state: unknown, object: TValue): void
}

interface LuaApi {
  lua_pushinteger: unknown
  readonly lua_pushnumber: unknown
}

interface LuaStrings {
  luaS_bless(state: unknown, text: Uint8Array): unknown
}

const require = createRequire(import.meta.url)
// in the order in which fengari itself loads them, and before its libraries take functions out of lapi
require('fengari/src/defs.js')
const lapi = require('fengari/src/lapi.js') as LuaApi
const lobject = require('fengari/src/lobject.js') as LuaObject
const { luaS_bless } = require('fengari/src/lstring.js') as LuaStrings

const { luaO_str2num } = lobject
lobject.luaO_str2num = (text, into) => {
  const asDouble: TValue = {
    value: 0,
    setivalue: () => into.setfltvalue(integerOf(text)),
    setfltvalue: (value) => into.setfltvalue(value),
    setsvalue: () => {},
  }
  return luaO_str2num(text, asDouble)
}
lobject.luaO_tostring = (state, object) => {
  object.setsvalue(luaS_bless(state, to_luastring(formatNumber(object.value, 14))))
}
lapi.lua_pushinteger = lapi.lua_pushnumber

const fengari = require('fengari') as typeof Fengari

/** fengari wraps hexadecimal numerals around at 32 bits. */
function integerOf(text: Uint8Array): number {
  const digits = Buffer.from(text).toString('latin1').replace(/\0.*$/s, '').trim()
  return digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits)
}

export const { lua, lauxlib, lualib, to_luastring } = fengari
