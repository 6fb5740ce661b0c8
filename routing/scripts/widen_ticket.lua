-- widen_ticket.lua: let a ticket wait in more pools (a requirement is relaxed), and hold it if that finds a seat.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 pools to add, perhaps none  3 when its next step is due, ms, or nothing  4 now, ms
-- Reply {ticket, seat, end of the hold, ms, why}, or nil: still no free seat, or the ticket does not wait.
-- One act, because a ticket held in between must keep the new pools for when it comes back.
-- with base seat ticket why hold choose_seat match_ticket
local ticket, added, step_at, now_ms = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'pools', 'rank')
if facts[1] ~= 'waiting' and facts[1] ~= 'held' then return nil end
local pools = facts[2]
for pool in words(added, '%S+') do
  if not among(' ' .. pools .. ' ', pool) then pools = pools .. ' ' .. pool end
end
call('HSET', TICKET .. ticket, 'pools', pools)
if step_at == '' then call('HDEL', TICKET .. ticket, 'step_at')
else call('HSET', TICKET .. ticket, 'step_at', step_at) end
if facts[1] == 'held' then return nil end
local held = match_ticket(ticket, now_ms)
if held then return held end
join_pools(ticket, pools, facts[3])
if step_at == '' then call('ZREM', STEPS, ticket) else call('ZADD', STEPS, step_at, ticket) end
return nil
