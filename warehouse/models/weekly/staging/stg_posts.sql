-- stg_posts: one row a post of the week, with its place and whether it is about health.
--
-- Posts and authors are known by 64-bit hashes, counted many times faster than text: of two
-- million posts in a week two share one, and count as one, with a chance of 1 in 9 million.
--
-- Grain: post_key
-- Columns:
--   post_key    hash of the post's id
--   source      where the post came from
--   posted_at   UTC
--   week        MMWR week of that time
--   has_author  false: the source named none
--   author_key  hash of a keyed hash, of use within its week only; of near-copies that name no
--               author, one for all
--   geo_value   its county, or else its state; NULL when placed in neither
--   is_health   health score of 0.5 or more, or any theme of the taxonomy
--   is_copied   one of near-copies that stand under 10 or more names in its week; never news.
--               Such posts are told of, and counted in no place

with

told as (

    select
        tags.source,
        tags.posted_at,
        dates.week,
        tags.has_author,
        tags.county_fips,
        tags.state,
        tags.score,
        hash(tags.post_id) as post_key,
        hash(tags.author_key) as author_key
    from raw_tags as tags
    inner join ref_days as dates
        on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
    where tags.kind = 'health'

),

themed as (

    select distinct
        tags.posted_at,
        hash(tags.post_id) as post_key
    from raw_tags as tags
    inner join ref_themes as themes on tags.tag_id = themes.theme_id
    where tags.kind = 'theme'

)

select
    told.post_key,
    told.source,
    told.posted_at,
    told.week,
    told.has_author,
    if(told.has_author, told.author_key, coalesce(copies.voice_key, told.author_key))
        as author_key,
    coalesce(counties.geo_value, states.geo_value) as geo_value,
    told.score >= 0.5 or themed.post_key is not null as is_health,
    coalesce(copies.is_coordinated, false) as is_copied
from told
left join stg_moved as moved on told.post_key = moved.post_key
left join themed on told.post_key = themed.post_key and told.posted_at = themed.posted_at
left join stg_copies as copies on told.post_key = copies.post_key
left join stg_geographies as counties
    on told.county_fips = counties.geo_value and counties.geo_type = 'county'
left join stg_geographies as states
    on told.state = states.geo_value and states.geo_type = 'state'
where moved.post_key is null or told.posted_at = moved.last_at
