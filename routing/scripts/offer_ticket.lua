-- offer_ticket.lua: put a ticket into the index, and hold it for the best free seat if there is one.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 entered, ms  3 rank  4 queue  5 pools  6 length of a hold, ms  7 declined  8 missed  9 now, ms
-- Reply {ticket, seat, end of the hold, ms}, or nil: no free seat, or somebody has the ticket already.
-- One act, because between the choice and the hold another client would choose the same seat.
-- with base ticket hold choose_seat
local ticket, entered, rank, queue, pools = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local hold_ms, declined, missed, now_ms = ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9])
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local before = call('HMGET', TICKET .. ticket, 'state', 'pools', 'queue')
if before[1] == 'held' or before[1] == 'assigned' then return nil end
if before[1] then
  leave_pools(ticket, before[2])
  call('ZREM', QUEUE .. before[3], ticket)
  call('DEL', TICKET .. ticket)
end
local seat, served = choose_seat(ticket, pools, declined, missed)
if seat then
  local expires = whole(now_ms + hold_ms)
  enter(ticket, entered, rank, queue, pools, hold_ms, declined, missed, seat, expires)
  return hold_seat(ticket, seat, served, expires)
end
enter(ticket, entered, rank, queue, pools, hold_ms, declined, missed)
join_pools(ticket, pools, rank)
return nil
