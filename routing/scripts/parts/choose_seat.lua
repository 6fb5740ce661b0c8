-- choose_seat.lua: the best free seat for a ticket, as `selection.choose_seat`. Needs base.
local TIES = 64   -- seats equal in load and idle that are compared by hash; more of them only after a bulk load

-- First seat of one pool below `limit` that is not among `excluded`, a list of `count` seats. Returns seat and score,
-- or nil. Reads count + 2 members, however many the pool has; TIES more when several are equal.
local function first_seat(pool, ticket, limit, excluded, count)
  local key = SEATS .. pool
  local found = call('ZRANGE', key, 0, count + 1, 'WITHSCORES')
  local seat, score, is_tied
  for i = 1, #found, 2 do
    if tonumber(found[i + 1]) >= limit then break end
    if not among(excluded, found[i]) then
      if not seat then seat, score = found[i], found[i + 1]
      else
        is_tied = found[i + 1] == score
        break
      end
    end
  end
  if not seat then return nil end
  if not is_tied then return seat, tonumber(score) end
  local first, compared = 0, TIES + count
  local equal = call('ZCOUNT', key, score, score)
  if equal > compared then                        -- another stretch for each ticket, so that all have their turn
    first = math.min(tonumber(ticket) % math.ceil(equal / TIES) * TIES, equal - compared)
  end
  local least
  for _, other in ipairs(call('ZRANGEBYSCORE', key, score, score, 'LIMIT', first, compared)) do
    if not among(excluded, other) then
      local hash = redis.sha1hex(ticket .. ' ' .. other)
      if not least or hash < least then seat, least = other, hash end
    end
  end
  return seat, tonumber(score)
end

-- Best seat over the pools of a ticket, none of `excluded`: smallest score, then smallest hash. Pools of another
-- strategy or level (`~…`) are looked at only if those before them have no seat. Returns the seat and the pools that
-- it serves, or nil.
local function best_seat(ticket, pools, is_live, excluded)
  local count, limit, is_ordered = 0, is_live and OUT or FULL, string.find(pools, '~', 1, true)
  for _ in words(excluded, '%d+') do count = count + 1 end
  while true do
    local best, best_score, group
    for pool in words(pools, '%S+') do
      if is_ordered then
        local own = string.match(pool, '~(%w+)') or ''
        if best and own ~= group then break end
        group = own
      end
      local seat, score = first_seat(pool, ticket, limit, excluded, count)
      if seat and (not best or score < best_score or (score == best_score and seat ~= best
          and redis.sha1hex(ticket .. ' ' .. seat) < redis.sha1hex(ticket .. ' ' .. best))) then
        best, best_score = seat, score
      end
    end
    if not best then return nil end
    local served = call('HGET', SEAT .. best, 'pools')
    if served then return best, served end
    for pool in words(pools, '%S+') do call('ZREM', SEATS .. pool, best) end   -- its hash was lost: no such seat
  end
end

-- The same, never one that declined, and one that missed this ticket only for want of others.
local function choose_seat(ticket, pools, is_live, declined, missed)
  local seat, served = best_seat(ticket, pools, is_live, declined .. missed)
  if not seat and missed ~= '' then return best_seat(ticket, pools, is_live, declined) end
  return seat, served
end
