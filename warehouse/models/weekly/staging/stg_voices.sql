-- stg_voices: who posted from which place in each week, near-copies under 10 names left out.
--
-- Nearly all voices post from one place. These are counted there and added up to the places
-- around; only the few that roam must be counted anew in each.
--
-- Grain: week, geo_value, author_key
-- Columns:
--   week        MMWR week
--   geo_value   a county; a state for posts placed no closer
--   author_key  as in stg_posts
--   post_n      posts
--   is_health   wrote of health there
--   is_roaming  posted from several such places in the week

with

placed as materialized (

    select
        week,
        geo_value,
        author_key,
        count(*) as post_n,
        bool_or(is_health) as is_health
    from stg_posts
    where not is_copied and geo_value is not null
    group by week, geo_value, author_key

),

roaming as (

    select
        week,
        author_key
    from placed
    group by week, author_key
    having count(*) > 1

)

select
    placed.week,
    placed.geo_value,
    placed.author_key,
    placed.post_n,
    placed.is_health,
    roaming.author_key is not null as is_roaming
from placed
left join roaming on placed.week = roaming.week and placed.author_key = roaming.author_key
