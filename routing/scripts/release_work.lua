-- release_work.lua: a seat is done with a ticket: its load falls, it is idle from now on, the index forgets the ticket.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 seat  3 now, ms  4 "1": close the seat in the same act, because a wrap-up begins
-- Reply 1, or 0: the seat does not work on this ticket, nothing was changed.
-- One act, because released twice a load would fall twice, and a seat open for a moment would get a ticket.
-- with base seat ticket
local ticket, seat, now_ms, closes = ARGV[1], ARGV[2], ARGV[3], ARGV[4] == '1'
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'seat', 'weight', 'live')
if facts[1] ~= 'assigned' or facts[2] ~= seat then return 0 end
call('DEL', TICKET .. ticket)
call('HINCRBY', SEAT .. seat, counter(facts[4]), -facts[3])
call('HSET', SEAT .. seat, 'idle', now_ms)
if closes then call('HSET', SEAT .. seat, 'open', '0') end
show_seat(seat)
return 1
