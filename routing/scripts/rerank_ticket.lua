-- rerank_ticket.lua: give a ticket another rank, because an event changed its head start.
-- KEYS 1 the marker of the whole index
-- ARGV 1 ticket  2 rank
-- Reply 1, or 0: the ticket neither waits nor is held, nothing was changed.
-- One act, because a ticket held in between must keep the new rank for when it comes back.
-- with base ticket
local ticket, rank = ARGV[1], ARGV[2]
local lost = index_lost('ticket ' .. ticket)
if lost then return lost end

local facts = call('HMGET', TICKET .. ticket, 'state', 'pools')
if facts[1] ~= 'waiting' and facts[1] ~= 'held' then return 0 end
call('HSET', TICKET .. ticket, 'rank', rank)
if facts[1] == 'waiting' then join_pools(ticket, facts[2], rank) end
return 1
