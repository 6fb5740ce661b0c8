-- prefer.lua: the seat that a ticket would have before all others. Needs base.

-- The pools of `seat` if it may be chosen for a ticket of these pools now, else nil.
local function free_now(seat, pools, is_live, declined, missed)
  if among(declined, seat) or among(missed, seat) then return nil end
  local facts = call('HMGET', SEAT .. seat, 'open', 'ticket', 'calls', 'capacity', 'load', 'pools')
  if facts[1] ~= '1' or (facts[2] or '') ~= '' or (tonumber(facts[3]) or 0) > 0 then return nil end
  local room, served = tonumber(facts[4]) - (tonumber(facts[5]) or 0), ' ' .. facts[6] .. ' '
  for pool in words(pools, '%S+') do
    if among(served, pool) and (is_live or room >= pool_weight(pool)) then return facts[6] end
  end
  return nil
end
