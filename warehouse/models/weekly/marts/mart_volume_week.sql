-- mart_volume_week: how many posts and distinct authors each place had in each week.
--
-- Private: holds small numbers. A post placed in a county counts in its county, region, state
-- and the nation; one placed in a state in the state and the nation; any other nowhere. Nor do
-- near-copies under 10 or more names count: they would be one hand's doing in many voices.
--
-- Grain: geo_value, week
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   post_n           posts
--   author_n         distinct authors of these posts
--   health_author_n  distinct authors of its posts about health

with

settled as (

    select
        geo_value,
        week,
        sum(post_n) as post_n,
        count(*) as author_n,
        count(*) filter (where is_health) as health_author_n
    from stg_voices
    where not is_roaming
    group by geo_value, week

),

roaming as (

    select
        places.within_type,
        places.within_value,
        voices.week,
        voices.author_key,
        sum(voices.post_n) as post_n,
        bool_or(voices.is_health) as is_health
    from stg_voices as voices
    inner join stg_within as places on voices.geo_value = places.geo_value
    where voices.is_roaming
    group by places.within_type, places.within_value, voices.week, voices.author_key

),

parts as (

    select
        places.within_type,
        places.within_value,
        settled.week,
        settled.post_n,
        settled.author_n,
        settled.health_author_n
    from settled
    inner join stg_within as places on settled.geo_value = places.geo_value
    union all
    select
        within_type,
        within_value,
        week,
        sum(post_n) as post_n,
        count(*) as author_n,
        count(*) filter (where is_health) as health_author_n
    from roaming
    group by within_type, within_value, week

)

select
    within_type as geo_type,
    within_value as geo_value,
    week,
    cast(sum(post_n) as bigint) as post_n,
    cast(sum(author_n) as bigint) as author_n,
    cast(sum(health_author_n) as bigint) as health_author_n
from parts
group by within_type, within_value, week
