-- base.lua: short names, and the test that the index is whole.
-- `pools` are words with one blank between; in `declined` and `missed` each word has a blank on both sides, so that
-- one plain search tells whether a seat is among them.
local call, words = redis.call, string.gmatch

-- The index is whole only while its marker stands. Without it nothing is done but remembering, for whoever
-- rebuilds, that `subject` changed meanwhile. Returns an error reply, or nil.
local function index_lost(subject)
  if call('EXISTS', WHOLE) == 1 then return nil end
  call('SADD', LATE, subject)
  call('EXPIRE', LATE, 3600)
  return redis.error_reply('INDEXMISSING the routing index must be rebuilt')
end

local function whole(number) return string.format('%.0f', number) end   -- plain '..' rounds to 14 digits

-- Of one pool, or of all pools of one ticket: they weigh the same.
local function pool_weight(pool) return tonumber(string.match(pool, '#(%d+)$')) or 1 end

local function among(list, id) return list and string.find(list, ' ' .. id .. ' ', 1, true) end

-- Scores of `seats:`, as in selection.py: load in thousandths and idle time below FULL; a seat whose tickets fill it,
-- which a caller may still ring, from FULL on; and from OUT on, why a seat may not be chosen at all.
local LOAD_STEP, IDLE_EPOCH_MS = 1099511627776, 1577836800000
local FULL, OUT, REASON_STEP = 1000 * LOAD_STEP, 4503599627370496, 17592186044416
