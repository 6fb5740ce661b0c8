-- offer_ticket.lua: put a ticket into the index, and hold it for the best free seat if there is one.
-- KEYS 1 the marker of the whole index
-- ARGV 1 the ticket's row (parts/ticket.lua)  2 now, ms  3 and 4, or neither: a seat that has it before all others if
--      it is free now, and how long that one may think it over, ms
-- Reply {ticket, seat, end of the hold, ms, why}, or nil: no free seat, or somebody has the ticket already.
-- One act, because between the choice and the hold another client would choose the same seat.
-- with base seat ticket why hold choose_seat prefer
local ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at = string.match(ARGV[1], ROW)
local now_ms, preferred, preferred_ms = tonumber(ARGV[2]), ARGV[3], ARGV[4]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local before = call('HMGET', TICKET .. ticket, 'state', 'pools', 'queue')
if before[1] == 'held' or before[1] == 'assigned' then return nil end
if before[1] then
  leave_pools(ticket, before[2])
  call('ZREM', QUEUE .. before[3], ticket)
  call('DEL', TICKET .. ticket)
end
local seat, served
local answer_ms = hold_ms
if preferred then
  served = free_now(preferred, pools, live == '1', declined, missed)
  if served then seat, answer_ms = preferred, preferred_ms end
end
if not seat then seat, served = choose_seat(ticket, pools, live == '1', declined, missed) end
if seat then
  local told, expires = why(pools), whole(now_ms + answer_ms)
  enter(ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at, seat, expires)
  return begin_hold(ticket, seat, served, expires, now_ms, told)
end
enter(ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at)
join_pools(ticket, pools, rank)
if step_at ~= '' then call('ZADD', STEPS, step_at, ticket) end
return nil
