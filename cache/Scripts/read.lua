#!lua flags=no-writes
-- READ: value, fences and frontiers of every lane the value may depend on, in one atomic reply [M16 M20].
-- KEYS  value, fence table of the key, fence tables of the tags …, frontiers …
-- ARGV  number of tags, cell of the key, cells of the tags …
-- Reply value, remaining ms, then per fence: epoch, version; per frontier: epoch, offset. Absent = nil.
local tags = tonumber(ARGV[1])
local reply = { redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1]) }
for i = 0, tags do
  local fence = redis.call('HMGET', KEYS[2 + i], 'e', ARGV[2 + i], 'l')
  reply[#reply + 1] = fence[1]
  reply[#reply + 1] = fence[2] or fence[3]
end
for i = 3 + tags, #KEYS do
  local frontier = redis.call('HMGET', KEYS[i], 'e', 'v')
  reply[#reply + 1] = frontier[1]
  reply[#reply + 1] = frontier[2]
end
return reply
