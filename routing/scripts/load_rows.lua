-- load_rows.lua: one batch of a rebuild: tickets as they stand, then (in later batches) the seats.
-- KEYS 1 the builder's lock
-- ARGV 1 the builder's token  2 length of its lock, ms
--      3 waiting: JSON [[ticket, entered ms, rank, queue, pools, hold ms, declined, missed], …]
--      4 held: the same with [… seat, end of the hold ms]  5 work: [[ticket, seat, weight], …]
--      6 seats: [[seat, open, capacity, idle ms, pools], …], all values as text
-- Reply 1, or 0: somebody else rebuilds by now, nothing was changed.
-- One act, because a builder that slept past its lock must not write into the index of the next.
-- with base seat ticket hold
if call('GET', BUILDER) ~= ARGV[1] then return 0 end
call('PEXPIRE', BUILDER, ARGV[2])

-- One ZADD for many members: the waiting tickets are by far the most of a rebuild.
local sets = {}
local function add(key, score, member)
  local set = sets[key] or {}
  sets[key] = set
  set[#set + 1], set[#set + 2] = score, member
end
for _, row in ipairs(cjson.decode(ARGV[3])) do
  local ticket, entered, rank, queue, pools, hold_ms, declined, missed = unpack(row)
  write_ticket(ticket, rank, queue, pools, hold_ms, declined, missed)
  add(QUEUE .. queue, entered, ticket)
  for pool in words(pools, '%S+') do add(WAITING .. pool, rank, ticket) end
end
for key, set in pairs(sets) do call('ZADD', key, unpack(set)) end
for _, row in ipairs(cjson.decode(ARGV[4])) do
  enter(unpack(row))
  hold_seat(row[1], row[9], '', row[10])
end
for _, row in ipairs(cjson.decode(ARGV[5])) do
  assign(row[1], row[2], row[3])
end
for _, row in ipairs(cjson.decode(ARGV[6])) do
  call('HSET', SEAT .. row[1], 'open', row[2], 'capacity', row[3], 'idle', row[4], 'pools', row[5])
  show_seat(row[1])
end
return 1
