import type { LuaState } from 'fengari'
import { replaceFormat, replaceToString } from './numbers-as-text.js'
import { lauxlib, lua, lualib, to_luastring } from './lua-5.1.js'

const text = to_luastring

/** A Lua with what Redis 7.0 gives its scripts (less cjson, cmsgpack, struct and bit), and nothing of Lua 5.3. */
export function createSandbox(): LuaState {
  const state = lauxlib.luaL_newstate()
  for (const [name, open] of [
    ['_G', lualib.luaopen_base],
    ['string', lualib.luaopen_string],
    ['table', lualib.luaopen_table],
    ['math', lualib.luaopen_math],
  ] as const) {
    lauxlib.luaL_requiref(state, text(name), open, 1)
    lua.lua_pop(state, 1)
  }
  evaluate(state, PRELUDE)
  replaceFormat(state)
  replaceToString(state)
  return state
}

/** Takes away what Redis does not have, and makes good what 5.1 has elsewhere. Its `pcall` gives an error's text. */
const PRELUDE = `
unpack = table.unpack
local raw = pcall
local function withoutTable(ok, err, ...)
  if not ok and type(err) == 'table' and err.err then err = err.err end
  return ok, err, ...
end
function pcall(...) return withoutTable(raw(...)) end
for _, name in ipairs({ 'print', 'dofile', 'loadfile', 'rawlen', 'require', 'collectgarbage' }) do _G[name] = nil end
for _, name in ipairs({ 'pack', 'unpack', 'move' }) do table[name] = nil end
for _, name in ipairs({ 'pack', 'unpack', 'packsize' }) do string[name] = nil end
for _, name in ipairs({ 'type', 'ult', 'tointeger', 'maxinteger', 'mininteger' }) do math[name] = nil end
`

/** From now on no script makes a global or reads one that is not there. Redis sets KEYS and ARGV behind this. */
export function protectGlobals(state: LuaState): void {
  lua.lua_pushglobaltable(state)
  lua.lua_createtable(state, 0, 2)
  lua.lua_pushcfunction(state, (inner) => {
    const name = Buffer.from(lauxlib.luaL_tolstring(inner, 2)).toString('latin1')
    const said = `Script attempted to access nonexistent global variable '${name}'`
    return lauxlib.luaL_error(inner, text(said.replaceAll('%', '%%')))
  })
  lua.lua_setfield(state, -2, text('__index'))
  lua.lua_pushcfunction(state, (inner) =>
    lauxlib.luaL_error(inner, text('Attempt to modify a readonly table')),
  )
  lua.lua_setfield(state, -2, text('__newindex'))
  lua.lua_setmetatable(state, -2)
  lua.lua_pop(state, 1)
}

function evaluate(state: LuaState, code: string): void {
  const bytes = text(code)
  const loaded = lauxlib.luaL_loadbuffer(state, bytes, bytes.length, text('=prelude'))
  if (loaded !== lua.LUA_OK || lua.lua_pcall(state, 0, 0, 0) !== lua.LUA_OK) {
    throw new Error(Buffer.from(lua.lua_tostring(state, -1)).toString('latin1'))
  }
}
