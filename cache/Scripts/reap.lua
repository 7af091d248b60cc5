#!lua flags=allow-oom
-- Looks at up to max members of a tag and UNLINKs those whose value is older than the tag's fence, so that plain GET clients see them go.
-- A reap moves all members aside (one RENAME) and consumes them; fresh ones return to the members. So it ends, however many are fresh,
-- and a later raise of the fence begins the next round. Fills behind the fence are refused, so nothing old joins the members meanwhile.
-- KEYS members, members aside, round, fence table   ARGV cell, lane of the tag, max   Reply removed, 1 if there is more to look at
--@include header
local fence = redis.call('HMGET', KEYS[4], 'e', ARGV[1], 'l')
local version = fence[2] or fence[3]
if not fence[1] or not version then return { 0, 0 } end
local epoch, floor, lane = tonumber(fence[1]), tonumber(version), tonumber(ARGV[2])
local round = fence[1] .. ':' .. version

if redis.call('EXISTS', KEYS[2]) == 0 then
  if redis.call('EXISTS', KEYS[1]) == 0 or redis.call('GET', KEYS[3]) == round then return { 0, 0 } end
  redis.call('RENAME', KEYS[1], KEYS[2])
  redis.call('SET', KEYS[3], round, 'PX', math.max(redis.call('PTTL', KEYS[2]), 1000))
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local removed, longest = 0, 0
local popped = redis.call('ZPOPMIN', KEYS[2], ARGV[3])
for i = 1, #popped, 2 do
  local key = popped[i]
  local value = stored(key, lane)
  if value then
    if value.epoch == epoch and value.stamp and value.stamp >= floor then
      redis.call('ZADD', KEYS[1], 'GT', popped[i + 1], key)
      longest = math.max(longest, tonumber(popped[i + 1]) - now)
    else
      redis.call('UNLINK', key)
      removed = removed + 1
    end
  end
end
if longest > 0 and redis.call('PTTL', KEYS[1]) < longest then redis.call('PEXPIRE', KEYS[1], longest) end

local more = redis.call('EXISTS', KEYS[2])
if more == 0 and redis.call('EXISTS', KEYS[1]) == 1 and redis.call('GET', KEYS[3]) ~= round then more = 1 end
return { removed, more }
