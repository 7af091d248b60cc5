#!lua flags=allow-oom
-- APPLY one batch of a lane: fences up, older values gone, position forward; nothing of it unless all may be done (ApplyDecision.cs).
-- KEYS  position, then per record: fence table, target
-- ARGV  epoch, first, next, leader epoch or '', lane, then per record: offset, cell, '1' if the target is a tag, xid or ''
--@include header
local epoch, first, after = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local lane = tonumber(ARGV[5])
local records = (#KEYS - 1) / 2

local position = redis.call('HMGET', KEYS[1], 'e', 'a')
if not position[1] or not position[2] then return { 'LOST' } end
if tonumber(position[1]) ~= epoch then return { 'FOREIGN', position[1] } end
local applied = tonumber(position[2])
if applied < first then return { 'REWIND', position[2] } end -- [M5]

local tables = {}
for i = 1, records do
  local name = KEYS[2 * i]
  if not tables[name] then
    local t = redis.call('HMGET', name, 'e', 'l', '0', '1', '2', '3')
    if t[1] and tonumber(t[1]) ~= epoch then return { 'FOREIGN', t[1] } end
    local cells = { lost = not t[1] }
    for cell = 0, 3 do cells[tostring(cell)] = t[1] and tonumber(t[cell + 3] or t[2]) end
    tables[name] = cells
  end
end

-- By maximum: a duplicate or a late zombie lowers nothing [M4]. What is absent counts as everything applied so far [M9].
for i = 1, records do
  local at = 5 + 4 * (i - 1)
  local name, offset, cell = KEYS[2 * i], tonumber(ARGV[at + 1]), ARGV[at + 2]
  local cells = tables[name]
  if cells.lost then
    redis.call('DEL', name)
    redis.call('HSET', name, 'e', ARGV[1], 'l', applied - 1)
    cells = { ['0'] = applied - 1, ['1'] = applied - 1, ['2'] = applied - 1, ['3'] = applied - 1 }
    tables[name] = cells
  end
  local version = math.max(cells[cell] or applied - 1, offset)
  if version ~= cells[cell] then
    redis.call('HSET', name, cell, version)
    cells[cell] = version
  end
end

local removed = { 'APPLIED' }
for i = 1, records do
  local at = 5 + 4 * (i - 1)
  if ARGV[at + 3] ~= '1' then
    local key, offset, xid = KEYS[2 * i + 1], tonumber(ARGV[at + 1]), tonumber(ARGV[at + 4])
    local value = stored(key, lane)
    if value then
      local fresh = value.epoch == epoch and ((value.stamp and value.stamp >= offset) or (xid and sees(value, xid)))
      if not fresh then
        redis.call('UNLINK', key)
        removed[#removed + 1] = i - 1
      end
    end
  end
end

-- After fence and delete [M6], by maximum [M5b].
if after >= applied then
  redis.call('HSET', KEYS[1], 'a', after)
  if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'le', ARGV[4]) end
end
return removed
