-- load_rows.lua: one batch of a rebuild: tickets as they stand, then (in later batches) the seats.
-- KEYS 1 the builder's lock
-- ARGV 1 the builder's token  2 length of its lock, ms
--      3 waiting: JSON [row of a ticket (parts/ticket.lua), …]
--      4 held: JSON [[row, seat, end of the hold ms], …]  5 work: [[ticket, seat, weight, "1": caller on the line], …]
--      6 seats: [[seat, open, capacity, idle ms, pools, turn ms], …], all values as text
-- Reply 1, or 0: somebody else rebuilds by now, nothing was changed.
-- One act, because a builder that slept past its lock must not write into the index of the next.
-- with base seat ticket why hold
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
  local ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at = string.match(row, ROW)
  write_ticket(ticket, rank, queue, pools, hold_ms, declined, missed, live, step_at)
  add(QUEUE .. queue, entered, ticket)
  if step_at ~= '' then add(STEPS, step_at, ticket) end
  for pool in words(pools, '%S+') do add(WAITING .. pool, rank, ticket) end
end
for key, set in pairs(sets) do call('ZADD', key, unpack(set)) end
for _, held in ipairs(cjson.decode(ARGV[4])) do
  local ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at = string.match(held[1], ROW)
  enter(ticket, entered, rank, queue, pools, hold_ms, declined, missed, live, step_at, held[2], held[3])
  hold_seat(ticket, held[2], '', held[3])
end
for _, row in ipairs(cjson.decode(ARGV[5])) do
  assign(row[1], row[2], row[3], row[4])
end
for _, row in ipairs(cjson.decode(ARGV[6])) do
  call('HSET', SEAT .. row[1], 'open', row[2], 'capacity', row[3], 'idle', row[4], 'pools', row[5], 'turn', row[6])
  show_seat(row[1])
end
return 1
