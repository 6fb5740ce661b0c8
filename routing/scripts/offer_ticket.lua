-- offer_ticket.lua: put a ticket into the index, and hold it for the best free seat if there is one.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 rank  3 entered, ms  4 queue  5 pools  6 weight, units  7 length of a hold, ms
--      8 declined  9 missed  10 now, ms
-- Reply {ticket, seat, end of the hold, ms}, or nil: no free seat, or somebody has the ticket already.
-- One act, because between the choice and the hold another client would choose the same seat.
local ticket, rank, entered, queue, pools = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local weight, hold_ms, declined, missed, now_ms = ARGV[6], ARGV[7], ARGV[8], ARGV[9], tonumber(ARGV[10])
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local before = call('HMGET', TICKET .. ticket, 'state', 'pools', 'queue')
if before[1] == 'held' or before[1] == 'assigned' then return nil end
if before[1] then
  leave_pools(ticket, before[2])
  if before[3] ~= queue then call('ZREM', QUEUE .. before[3], ticket) end
end
enter(ticket, rank, entered, queue, pools, weight, hold_ms, declined, missed)
local held = match_ticket(ticket, now_ms)
if not held then join_pools(ticket, pools, rank) end
return held
