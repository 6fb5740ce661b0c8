-- weigh_work.lua: work of a seat takes another share of it: 0 while the ticket is paused; of its capacity instead of its
-- place for calls once the call is over.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 seat  3 weight, units  4 "1": a caller is on the line
-- Reply 1, or 0: the seat does not work on this ticket, nothing was changed.
-- One act, because weight and load must change together. The load may pass the capacity when work is resumed.
-- with base seat ticket
local ticket, seat, weight, live = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'weight', 'live')
if facts[1] ~= 'assigned' or facts[2] ~= seat then return 0 end
call('HINCRBY', SEAT .. seat, counter(facts[4]), -facts[3])
if live ~= '1' then call('HDEL', TICKET .. ticket, 'live') end
assign(ticket, seat, weight, live)
show_seat(seat)
return 1
