-- mart_copied_week: how many distinct authors of health posts wrote near-copies.
--
-- Private: holds small numbers. Only near-copies that stand under 10 or more names in the week,
-- wherever they were put up, and health posts alone. These posts are in no other count.
--
-- Grain: geo_value, week
-- Columns:
--   geo_value       'US', 'WY', 'WY-rural' or a 5-digit county code
--   week            MMWR week
--   author_n        distinct authors of such copies
--   other_author_n  distinct authors of health posts who put up none

with

copied as (

    select distinct
        week,
        geo_value,
        author_key
    from stg_posts
    where is_copied and is_health and geo_value is not null

),

put_up as (

    select distinct
        places.within_value,
        copied.week,
        copied.author_key
    from copied
    inner join stg_within as places on copied.geo_value = places.geo_value

),

wrote_besides as (

    select distinct
        places.within_value,
        voices.week,
        voices.author_key
    from stg_voices as voices
    inner join stg_within as places on voices.geo_value = places.geo_value
    where voices.is_health and voices.author_key in (select copied.author_key from copied)

)

select
    put_up.within_value as geo_value,
    put_up.week,
    count(*) as author_n,
    any_value(coalesce(volume.health_author_n, 0)) - count(wrote_besides.author_key)
        as other_author_n
from put_up
left join wrote_besides
    on
        put_up.within_value = wrote_besides.within_value
        and put_up.week = wrote_besides.week
        and put_up.author_key = wrote_besides.author_key
left join mart_volume_week as volume
    on put_up.within_value = volume.geo_value and put_up.week = volume.week
group by put_up.within_value, put_up.week
