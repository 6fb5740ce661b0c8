-- widen_ticket.lua: let a ticket wait in more pools (a requirement is relaxed), and hold it if that finds a seat.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 pools to add  3 now, ms
-- Reply {ticket, seat, end of the hold, ms}, or nil: still no free seat, or the ticket does not wait.
-- One act, because a ticket held in between must keep the new pools for when it comes back.
-- with base ticket hold choose_seat match_ticket
local ticket, added, now_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'pools', 'rank')
if facts[1] ~= 'waiting' and facts[1] ~= 'held' then return nil end
local pools = facts[2]
for pool in words(added, '%S+') do
  if not among(' ' .. pools .. ' ', pool) then pools = pools .. ' ' .. pool end
end
call('HSET', TICKET .. ticket, 'pools', pools)
if facts[1] == 'held' then return nil end
local held = match_ticket(ticket, now_ms)
if not held then join_pools(ticket, pools, facts[3]) end
return held
