-- weigh_work.lua: work of a seat takes another share of its capacity: 0 while the ticket is paused.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 seat  3 weight, units
-- Reply 1, or 0: the seat does not work on this ticket, nothing was changed.
-- One act, because weight and load must change together. The load may pass the capacity when work is resumed.
-- with base seat
local ticket, seat, weight = ARGV[1], ARGV[2], ARGV[3]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'weight')
if facts[1] ~= 'assigned' or facts[2] ~= seat then return 0 end
call('HSET', TICKET .. ticket, 'weight', weight)
call('HINCRBY', SEAT .. seat, 'load', weight - facts[3])
show_seat(seat)
return 1
