-- list_expired.lua: the holds whose time is over, longest over first.
-- KEYS 1 the marker of the whole index
-- ARGV 1 now, ms  2 how many at most
-- Reply {ticket, seat, end of the hold in ms, ticket, seat, …}
-- One act, because a hold settled between the list and its seats would be listed with a seat of later.
-- with base
local now_ms, limit = ARGV[1], ARGV[2]
local lost = index_lost('holds')
if lost then return lost end

local expired = {}
for _, ticket in ipairs(call('ZRANGEBYSCORE', HOLDS, '-inf', now_ms, 'LIMIT', 0, limit)) do
  local facts = call('HMGET', TICKET .. ticket, 'seat', 'expires')
  if facts[2] then
    expired[#expired + 1], expired[#expired + 2], expired[#expired + 3] = ticket, facts[1], facts[2]
  else call('ZREM', HOLDS, ticket) end   -- its hash was lost: no such ticket
end
return expired
