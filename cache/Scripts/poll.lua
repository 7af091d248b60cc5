#!lua flags=no-writes
-- KEYS per lane: frontier, position   Reply per lane: frontier epoch, offset, position epoch, next, leader epoch. Absent = nil.
local reply = {}
for i = 1, #KEYS, 2 do
  local v = redis.call('HMGET', KEYS[i], 'e', 'v')
  local a = redis.call('HMGET', KEYS[i + 1], 'e', 'a', 'le')
  local at = #reply
  reply[at + 1], reply[at + 2], reply[at + 3], reply[at + 4], reply[at + 5] = v[1], v[2], a[1], a[2], a[3]
end
return reply
