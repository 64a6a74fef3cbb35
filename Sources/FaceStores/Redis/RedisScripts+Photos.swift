/// Scripts on single samples and their photos; `RedisScripts` says what they work on.
extension RedisScripts {
    /// Arguments: sample numbers. Somebody whose last sample goes, goes too.
    static let deleteSamples =
        head + """
            for _, id in ipairs(ARGV) do
                local fields = redis.call('HMGET', base .. 'sample:' .. id, 'person', 'area', 'hash')
                if fields[1] then forget(id, fields[1], fields[2], fields[3]) end
            end
            return 0
            """

    /// Arguments: hashes of photos. Gives those whose photo was kept.
    static let keptPhotos =
        head + """
            local kept = {}
            for _, hash in ipairs(ARGV) do
                if redis.call('EXISTS', base .. 'photo:' .. hash) == 1 then kept[#kept + 1] = hash end
            end
            return kept
            """

    /// Arguments: people's numbers. Gives the number of each who has a sample whose photo was kept, and the first such.
    static let portraits =
        head + """
            local result = {}
            for _, owner in ipairs(ARGV) do
                for _, id in ipairs(redis.call('ZRANGE', base .. 'person:' .. owner .. ':samples', 0, -1)) do
                    local hash = redis.call('HGET', base .. 'sample:' .. id, 'hash')
                    if hash and redis.call('EXISTS', base .. 'photo:' .. hash) == 1 then
                        result[#result + 1] = owner
                        result[#result + 1] = id
                        break
                    end
                end
            end
            return result
            """
}
