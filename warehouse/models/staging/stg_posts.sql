-- stg_posts: one row a post, with its place and whether it is about health.
--
-- Grain: post_id
-- Columns:
--   post_id     `<source>:<id>`
--   source      where the post came from
--   week        MMWR week
--   has_author  false: the source named none
--   author_key  keyed hash, of use within its week only; of near-copies that name no author,
--               one for all
--   geo_value   its county, or else its state; NULL when placed in neither
--   is_health   health score of 0.5 or more, or any theme of the taxonomy
--   is_copied   one of near-copies that stand under 10 or more names in its week; never news

with

themed as (

    select distinct tags.post_id
    from stg_tags as tags
    inner join ref_themes as themes on tags.tag_id = themes.theme_id
    where tags.kind = 'theme'

)

select
    tags.post_id,
    tags.source,
    tags.week,
    tags.has_author,
    if(tags.has_author, tags.author_key, coalesce(copies.voice_key, tags.author_key))
        as author_key,
    coalesce(counties.geo_value, states.geo_value) as geo_value,
    tags.score >= 0.5 or themed.post_id is not null as is_health,
    coalesce(copies.is_coordinated, false) and tags.source <> 'news' as is_copied
from stg_tags as tags
left join themed on tags.post_id = themed.post_id
left join stg_copies as copies on tags.week = copies.week and tags.near = copies.near
left join stg_geographies as counties
    on tags.county_fips = counties.geo_value and counties.geo_type = 'county'
left join stg_geographies as states
    on tags.state = states.geo_value and states.geo_type = 'state'
where tags.kind = 'health'
