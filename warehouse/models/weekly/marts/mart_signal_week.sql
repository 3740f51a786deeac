-- mart_signal_week: how many distinct authors of health posts gave each trust signal.
--
-- Private: holds small numbers. Posts not about health are left out, so that the count is a
-- part of health_author_n; nor are near-copies under 10 or more names counted, as there.
--
-- Grain: geo_value, week, signal_id
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   signal_id  a trust signal of the taxonomy
--   author_n   distinct authors

with

roaming as (

    select distinct author_key
    from stg_voices
    where is_roaming

),

settled as (

    select
        geo_value,
        week,
        tag_id,
        count(*) as author_n
    from stg_tags
    where kind = 'signal' and author_key not in (select roaming.author_key from roaming)
    group by geo_value, week, tag_id

),

parts as (

    select
        places.within_type,
        places.within_value,
        settled.week,
        settled.tag_id,
        settled.author_n
    from settled
    inner join stg_within as places on settled.geo_value = places.geo_value
    union all
    select
        places.within_type,
        places.within_value,
        tags.week,
        tags.tag_id,
        count(distinct tags.author_key) as author_n
    from stg_tags as tags
    inner join stg_within as places on tags.geo_value = places.geo_value
    where tags.kind = 'signal' and tags.author_key in (select roaming.author_key from roaming)
    group by places.within_type, places.within_value, tags.week, tags.tag_id

)

select
    within_type as geo_type,
    within_value as geo_value,
    week,
    tag_id as signal_id,
    cast(sum(author_n) as bigint) as author_n
from parts
group by within_type, within_value, week, tag_id
