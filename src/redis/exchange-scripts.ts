import { defineScript, HEAD_OF, NOW, TELL, VERSION_OF, type Script } from './script.js'

/*
 * Compare and set. What is there counts as present while a read would find it: a value, fresh, built under the versions of
 * now. On one Redis the script looks at these itself: at that of the namespace, and at those of the tags that the value is
 * taken to carry (the tags of the new one, at first); when it carries others, it says which, and is called again. In Cluster
 * versions live elsewhere: there the value has been looked at before, and when it is another by now it is looked at again.
 *
 * The first arguments of each script: condition (`absent`, `present`, `is`), ids for `is`, id of the value that was looked at
 * and '1' if it can be used (Cluster), the run id that the namespace's version must have ('': any), how many tags the new
 * value has.
 */

/**
 * `stamps_of(key)`: names and versions in the tag block of a record (`entry/record.ts`); nil if it ends too early.
 * `present(first, names)`: the id of the value that is there, '' for nothing of use, or nil and what to reply instead. The keys
 * of the tags begin at KEYS[first], their names at ARGV[names].
 */
const PRESENT = `
local function stamps_of(key)
  local block = redis.call('GETRANGE', key, 83, 110)
  local high, low = string.byte(block, 1, 2)
  if not low then return nil end
  local count, at, names, texts = high * 256 + low, 3, {}, {}
  if count > 1 then block = redis.call('GETRANGE', key, 83, 84 + count * 4096) end
  for i = 1, count do
    high, low = string.byte(block, at, at + 1)
    if not low or #block < at + 25 + high * 256 + low then return nil end
    local ids = at + 2 + high * 256 + low
    names[i] = string.sub(block, at + 2, ids - 1)
    texts[i] = string.sub(block, ids, ids + 11) .. '.' .. string.sub(block, ids + 12, ids + 23)
    at = ids + 24
  end
  return names, texts
end
local function is_now(key, text)
  local version = redis.pcall('GET', key)
  return type(version) == 'string' and string.sub(version, 1, 25) == text
end
local function present(first, names_at)
  local head = head_of(KEYS[1])
  if not head or string.sub(head, 5, 5) ~= 'V' then return '' end
  local id = string.sub(head, 34, 45)
  if (tonumber(string.sub(head, 46, 60)) or 0) <= now then return '' end
  if ARGV[1] == 'is' and not string.find(ARGV[2], id, 1, true) then return id end
  if #KEYS == 1 then
    if id ~= ARGV[3] then return nil, { 'look' } end
    return ARGV[4] == '1' and id or ''
  end
  local names, texts = stamps_of(KEYS[1])
  if not names or names[1] ~= '' then return '' end
  local version = redis.pcall('GET', KEYS[2])
  if type(version) ~= 'string' then return '' end
  local run = string.match(version, '^[^.]*%.[^.]*%.%d+%.(.*)$') or ''
  if ARGV[5] ~= '' and run ~= ARGV[5] then return nil, { 'adopt' } end
  if not is_now(KEYS[2], texts[1]) then return '' end
  local asked, is_other = { 'tags' }, #names - 1 ~= #KEYS - first + 1
  for i = 2, #names do
    asked[i] = names[i]
    if names[i] ~= ARGV[names_at + i - 2] then is_other = true end
  end
  if is_other then return nil, asked end
  for i = 2, #names do
    if not is_now(KEYS[first + i - 2], texts[i]) then return '' end
  end
  return id
end
local function holds(id)
  if ARGV[1] == 'absent' then return id == '' end
  if ARGV[1] == 'present' then return id ~= '' end
  return id ~= '' and string.find(ARGV[2], id, 1, true) ~= nil
end`

/**
 * Stores the value if the condition holds, in the place of whatever is there and of any lease on it.
 *
 * KEYS: entry, then (one Redis) namespace version, tags of the new value, tags of the one that is there. ARGV: see above, then
 * last moment in Redis time, record, lifetime, lifetime with slack, id, run id, channel, message, then (one Redis) the versions
 * expected and the names of the tags of what is there. Replies `late`, `stored`, `refused` and the id of what is there; `moved`
 * and the versions; `look`, `adopt`, or `tags` and their names: nothing was done yet.
 */
export const WRITE_IF: Script = defineScript(
  'write-if',
  `${NOW}${TELL}${HEAD_OF}${VERSION_OF}${PRESENT}
if now > tonumber(ARGV[7]) then return { 'late' } end
local last = 2 + tonumber(ARGV[6])
if #KEYS == 1 then last = 1 end
local id, instead = present(last + 1, 14 + last)
if not id then return instead end
if not holds(id) then return { 'refused', id } end
local reply, moved, sequence = { 'moved' }, false, '0'
for i = 2, last do
  local rest = i == 2 and sequence .. '.' .. ARGV[12] or sequence
  local version = version_of(KEYS[i], ARGV[11], rest, ARGV[9], ARGV[10])
  if i == 2 then sequence = sequence_of(version) end
  if string.sub(version, 1, 25) ~= ARGV[13 + i] then moved = true end
  reply[i] = version
end
if moved then return reply end
redis.call('SET', KEYS[1], ARGV[8], 'PX', ARGV[9])
tell(ARGV[13], ARGV[14])
return { 'stored' }`,
)

/**
 * Removes what is there, with any lease on it, if the condition holds.
 *
 * KEYS: entry, then (one Redis) namespace version, tags of the value that is there. ARGV: see above (no tags of a new value),
 * then last moment in Redis time, channel, message, names of the tags. Replies as `WRITE_IF`.
 */
export const REMOVE_IF: Script = defineScript(
  'remove-if',
  `${NOW}${TELL}${HEAD_OF}${PRESENT}
if now > tonumber(ARGV[7]) then return { 'late' } end
local id, instead = present(3, 10)
if not id then return instead end
if not holds(id) then return { 'refused', id } end
redis.call('DEL', KEYS[1])
tell(ARGV[8], ARGV[9])
return { 'stored' }`,
)
