#!lua
-- FILL: store a value unless an invalidation that its reader may have missed was applied meanwhile (FillDecision.cs).
-- KEYS  value, fence table of the key, then per tag: fence table, members
-- ARGV  epoch, lane, stamp, cell, value, time to live in ms, then per tag: cell, stamp
-- Reply number of the FillOutcome.
--@include header
local ACCEPTED, FENCE_ABSENT, OTHER_EPOCH, BEHIND_FENCE, BEHIND_TAG_FENCE, NEWER_STORED = 0, 1, 2, 3, 4, 5
local epoch, lane, stamp, ttl = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[6])
local tags = (#KEYS - 2) / 2

local fence = redis.call('HMGET', KEYS[2], 'e', ARGV[4], 'l')
if not fence[1] then return FENCE_ABSENT end
if tonumber(fence[1]) ~= epoch then return OTHER_EPOCH end -- [M11]
local version = tonumber(fence[2] or fence[3])
if not version then return FENCE_ABSENT end -- [M8]
if stamp < version then return BEHIND_FENCE end -- [M3]

for i = 1, tags do
  local t = redis.call('HMGET', KEYS[1 + 2 * i], 'e', ARGV[5 + 2 * i], 'l')
  local tagged = tonumber(t[2] or t[3])
  if not t[1] or tonumber(t[1]) ~= epoch or not tagged or tonumber(ARGV[6 + 2 * i]) < tagged then return BEHIND_TAG_FENCE end
end

local value = stored(KEYS[1], lane)
if value and value.epoch == epoch and value.stamp and value.stamp > stamp then return NEWER_STORED end -- [M14]

-- Members first: a value that no reap can find must not exist.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i = 1, tags do
  local members = KEYS[2 + 2 * i]
  local gone = redis.call('ZRANGEBYSCORE', members, '-inf', now, 'LIMIT', 0, 16)
  if #gone > 0 then redis.call('ZREM', members, unpack(gone)) end
  redis.call('ZADD', members, now + ttl, KEYS[1])
  if redis.call('PTTL', members) < ttl then redis.call('PEXPIRE', members, ttl) end
end
redis.call('SET', KEYS[1], ARGV[5], 'PX', ttl)
return ACCEPTED
