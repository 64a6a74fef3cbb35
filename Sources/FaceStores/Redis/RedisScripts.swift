/// What is done on the server, a script each: the server runs a script as a whole, with no other command in between.
///
/// All keys of a collection begin with `deepface:` and its number, which a script gets as its key, `base`:
///
/// | key | |
/// |---|---|
/// | `collection` | hash: identifier, name, recipe, dimensions, key_check, created |
/// | `last` | hash: the last number given to a person, a sample, a removal |
/// | `names` | sorted set of people's names, for listing |
/// | `people` | hash: name → person |
/// | `person:P` | hash: name, created |
/// | `person:P:samples` | sorted set of sample numbers |
/// | `samples` | sorted set of all sample numbers |
/// | `sample:S` | hash: person, image, hash, area, landmarks, confidence, created, vector; attributes, where there are any |
/// | `faces:HASH` | hash: area → sample, of the photo with this SHA-256 |
/// | `photo:HASH` | the photo's file |
/// | `removals` | sorted set of sample numbers by removal number |
/// | `expiring` | sorted set by time in milliseconds: sample, person, area, hash of what goes by itself |
enum RedisScripts {
    /// Every script begins with this: it takes away what has expired.
    static let head = """
        local base = KEYS[1]
        local function forget(id, owner, area, hash)
            redis.call('DEL', base .. 'sample:' .. id)
            redis.call('ZREM', base .. 'samples', id)
            redis.call('ZREM', base .. 'expiring', id .. ' ' .. owner .. ' ' .. area .. ' ' .. hash)
            local faces = base .. 'faces:' .. hash
            redis.call('HDEL', faces, area)
            if redis.call('EXISTS', faces) == 0 then redis.call('DEL', base .. 'photo:' .. hash) end
            redis.call('ZADD', base .. 'removals', redis.call('HINCRBY', base .. 'last', 'removal', 1), id)
            local samples = base .. 'person:' .. owner .. ':samples'
            redis.call('ZREM', samples, id)
            if redis.call('EXISTS', samples) == 0 then
                local name = redis.call('HGET', base .. 'person:' .. owner, 'name')
                if name then
                    redis.call('HDEL', base .. 'people', name)
                    redis.call('ZREM', base .. 'names', name)
                    redis.call('DEL', base .. 'person:' .. owner)
                end
            end
        end
        local function milliseconds()
            local time = redis.call('TIME')
            return time[1] * 1000 + math.floor(time[2] / 1000)
        end
        if redis.call('EXISTS', base .. 'expiring') == 1 then
            local gone = redis.call(
                'ZRANGEBYSCORE', base .. 'expiring', '-inf', string.format('%.0f', milliseconds()))
            for _, entry in ipairs(gone) do
                forget(string.match(entry, '^(%S+) (%S+) (%S+ %S+ %S+ %S+) (.*)$'))
            end
        end

        """

    /// The number of the collection of a name, which is made if it is not there. `base` is the store's.
    static let makeCollection = """
        local base = KEYS[1]
        local id = redis.call('HGET', base .. 'collections', ARGV[1])
        if id then return tonumber(id) end
        id = redis.call('INCR', base .. 'last_collection')
        redis.call('HSET', base .. 'collections', ARGV[1], id)
        redis.call('HSET', base .. id .. ':collection', 'name', ARGV[1], unpack(ARGV, 2))
        return id
        """

    /// Lets nobody find a collection any more; its keys are taken away afterwards. `base` is the store's.
    static let deleteCollection = """
        local base = KEYS[1]
        if redis.call('HGET', base .. 'collections', ARGV[1]) == ARGV[2] then
            redis.call('HDEL', base .. 'collections', ARGV[1])
            redis.call('DEL', base .. ARGV[2] .. ':collection')
            redis.call('SADD', base .. 'deleted', ARGV[2])
        end
        return 0
        """

    /// Arguments: seconds until the faces expire (0: never), then eleven of each face. Gives sample, newness and person of
    /// each.
    static let add =
        head + """
            if redis.call('EXISTS', base .. 'collection') == 0 then
                return redis.error_reply('\(RedisFailure.collectionGone) it was deleted')
            end
            local expiry
            if ARGV[1] ~= '0' then expiry = string.format('%.0f', milliseconds() + tonumber(ARGV[1]) * 1000) end
            local result, owners = {}, {}
            for i = 2, #ARGV, 11 do
                local name, image, hash, area, landmarks = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
                local confidence, created, vector = ARGV[i + 5], ARGV[i + 6], ARGV[i + 7]
                local faces = base .. 'faces:' .. hash
                local known = redis.call('HGET', faces, area)
                if known then
                    local owner = redis.call('HGET', base .. 'sample:' .. known, 'person')
                    result[#result + 1] = {tonumber(known), 0, redis.call('HGET', base .. 'person:' .. owner, 'name')}
                else
                    local owner = owners[name] or redis.call('HGET', base .. 'people', name)
                    if not owner then
                        owner = redis.call('HINCRBY', base .. 'last', 'person', 1)
                        redis.call('HSET', base .. 'people', name, owner)
                        redis.call('ZADD', base .. 'names', 0, name)
                        redis.call('HSET', base .. 'person:' .. owner, 'name', name, 'created', created)
                    end
                    owners[name] = owner
                    local id = redis.call('HINCRBY', base .. 'last', 'sample', 1)
                    local sample = base .. 'sample:' .. id
                    redis.call('HSET', sample, 'person', owner, 'image', image, 'hash', hash, 'area', area,
                        'landmarks', landmarks, 'confidence', confidence, 'created', created, 'vector', vector)
                    if ARGV[i + 10] ~= '' then redis.call('HSET', sample, 'attributes', ARGV[i + 10]) end
                    redis.call('ZADD', base .. 'samples', id, id)
                    redis.call('ZADD', base .. 'person:' .. owner .. ':samples', id, id)
                    redis.call('HSET', faces, area, id)
                    local photo = base .. 'photo:' .. hash
                    if ARGV[i + 8] == '1' then redis.call('SETNX', photo, ARGV[i + 9]) end
                    if expiry then
                        redis.call('PEXPIREAT', sample, expiry)
                        redis.call('PEXPIREAT', photo, expiry)
                        redis.call('ZADD', base .. 'expiring', expiry, id .. ' ' .. owner .. ' ' .. area .. ' ' .. hash)
                    end
                    result[#result + 1] = {id, 1, name}
                end
            end
            return result
            """

    /// Arguments: `ids` and sample numbers, `person` and a person's number, or `photo` and a hash. Gives the fields of
    /// each sample that is there, and its person's name.
    static let samples =
        head + """
            local ids = {}
            if ARGV[1] == 'person' then
                ids = redis.call('ZRANGE', base .. 'person:' .. ARGV[2] .. ':samples', 0, -1)
            elseif ARGV[1] == 'photo' then
                ids = redis.call('HVALS', base .. 'faces:' .. ARGV[2])
                table.sort(ids, function(one, other) return tonumber(one) < tonumber(other) end)
            else
                for i = 2, #ARGV do ids[i - 1] = ARGV[i] end
            end
            local result, names = {}, {}
            for _, id in ipairs(ids) do
                local fields = redis.call('HMGET', base .. 'sample:' .. id, 'image', 'hash', 'area', 'landmarks',
                    'confidence', 'created', 'person', 'attributes')
                local owner = fields[7]
                if owner then
                    names[owner] = names[owner] or redis.call('HGET', base .. 'person:' .. owner, 'name')
                    fields[7] = names[owner]
                    fields[9] = id
                    result[#result + 1] = fields
                end
            end
            return result
            """

    /// Arguments: `after`, a sample number and how many; or `ids` and sample numbers. Gives number, vector,
    /// and hash and area of each.
    static let vectors =
        head + """
            local ids = {}
            if ARGV[1] == 'after' then
                ids = redis.call('ZRANGEBYSCORE', base .. 'samples', '(' .. ARGV[2], '+inf', 'LIMIT', 0, ARGV[3])
            else
                for i = 2, #ARGV do ids[i - 1] = ARGV[i] end
            end
            local result = {}
            for _, id in ipairs(ids) do
                local fields = redis.call('HMGET', base .. 'sample:' .. id, 'vector', 'hash', 'area')
                if fields[1] then
                    result[#result + 1] = id
                    result[#result + 1] = fields[1]
                    result[#result + 1] = fields[2] .. ' ' .. fields[3]
                end
            end
            return result
            """

    /// Arguments: a sample number and how many. Gives the last number that was looked at, and number and attributes of
    /// each sample that has any.
    static let attributes =
        head + """
            local ids = redis.call('ZRANGEBYSCORE', base .. 'samples', '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
            local result = {ids[#ids] or ''}
            for _, id in ipairs(ids) do
                local attributes = redis.call('HGET', base .. 'sample:' .. id, 'attributes')
                if attributes then
                    result[#result + 1] = id
                    result[#result + 1] = attributes
                end
            end
            return result
            """

    /// Gives how many samples there are, and how many people.
    static let counts =
        head + "return {redis.call('ZCARD', base .. 'samples'), redis.call('ZCARD', base .. 'names')}"

    /// What lists people, after their names are in `names`.
    private static let describe = """

        local result = {}
        for _, name in ipairs(names) do
            local id = redis.call('HGET', base .. 'people', name)
            if id then
                result[#result + 1] = {tonumber(id), name,
                    redis.call('ZCARD', base .. 'person:' .. id .. ':samples'),
                    redis.call('HGET', base .. 'person:' .. id, 'created')}
            end
        end
        return result
        """

    /// Arguments: where the names begin (`-`, or `(` and a name), and how many. Gives number, name, samples and date.
    static let people =
        head + "local names = redis.call('ZRANGEBYLEX', base .. 'names', ARGV[1], '+', 'LIMIT', 0, ARGV[2])" + describe

    /// Arguments: names.
    static let named = head + "local names = ARGV" + describe

    /// Arguments: a person's number and the new name. Gives the person.
    static let rename =
        head + """
            local other = redis.call('HGET', base .. 'people', ARGV[2])
            if other and other ~= ARGV[1] then
                return redis.error_reply('\(RedisFailure.nameTaken) somebody else has it')
            end
            local old = redis.call('HGET', base .. 'person:' .. ARGV[1], 'name')
            if not old then return redis.error_reply('\(RedisFailure.personGone) it was deleted') end
            redis.call('HDEL', base .. 'people', old)
            redis.call('ZREM', base .. 'names', old)
            redis.call('HSET', base .. 'people', ARGV[2], ARGV[1])
            redis.call('ZADD', base .. 'names', 0, ARGV[2])
            redis.call('HSET', base .. 'person:' .. ARGV[1], 'name', ARGV[2])
            local names = {ARGV[2]}
            """ + describe

    /// Arguments: the people's numbers.
    static let deletePeople =
        head + """
            for _, owner in ipairs(ARGV) do
                for _, id in ipairs(redis.call('ZRANGE', base .. 'person:' .. owner .. ':samples', 0, -1)) do
                    local fields = redis.call('HMGET', base .. 'sample:' .. id, 'area', 'hash')
                    if fields[1] then forget(id, owner, fields[1], fields[2]) end
                end
            end
            return 0
            """

    /// Argument: a removal number. Gives the samples removed after it, each with its removal's number.
    static let removals =
        head + "return redis.call('ZRANGEBYSCORE', base .. 'removals', '(' .. ARGV[1], '+inf', 'WITHSCORES')"

    /// Arguments: a sample number, how many, the bytes of a vector. Gives the last number that was looked at, and what
    /// is wrong.
    static let problems =
        head + """
            local ids = redis.call('ZRANGEBYSCORE', base .. 'samples', '(' .. ARGV[1], '+inf', 'LIMIT', 0, ARGV[2])
            local result = {ids[#ids] or ''}
            for _, id in ipairs(ids) do
                local fields = redis.call('HMGET', base .. 'sample:' .. id, 'person', 'hash', 'area')
                if not fields[1] then
                    result[#result + 1] = 'sample ' .. id .. ' is not there'
                else
                    if redis.call('HSTRLEN', base .. 'sample:' .. id, 'vector') ~= tonumber(ARGV[3]) then
                        result[#result + 1] = 'sample ' .. id .. ' has no whole vector'
                    end
                    local name = redis.call('HGET', base .. 'person:' .. fields[1], 'name')
                    if not name or redis.call('HGET', base .. 'people', name) ~= fields[1] then
                        result[#result + 1] = 'sample ' .. id .. ' belongs to nobody'
                    end
                    if redis.call('HGET', base .. 'faces:' .. fields[2], fields[3]) ~= id then
                        result[#result + 1] = 'sample ' .. id .. ' is not among its photo\\'s faces'
                    end
                end
            end
            return result
            """
}
