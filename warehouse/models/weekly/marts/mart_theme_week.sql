-- mart_theme_week: how many distinct authors took each stance to each theme.
--
-- Private: holds small numbers. An author who takes two stances counts in both. Near-copies
-- under 10 or more names are left out, as in mart_volume_week.
--
-- Grain: geo_value, week, theme_id, stance
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   theme_id   a theme of the taxonomy
--   stance     'promotes', 'refutes', 'asks' or 'mentions'
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
        stance,
        count(*) as author_n
    from stg_tags
    where kind = 'theme' and author_key not in (select roaming.author_key from roaming)
    group by geo_value, week, tag_id, stance

),

parts as (

    select
        places.within_type,
        places.within_value,
        settled.week,
        settled.tag_id,
        settled.stance,
        settled.author_n
    from settled
    inner join stg_within as places on settled.geo_value = places.geo_value
    union all
    select
        places.within_type,
        places.within_value,
        tags.week,
        tags.tag_id,
        tags.stance,
        count(distinct tags.author_key) as author_n
    from stg_tags as tags
    inner join stg_within as places on tags.geo_value = places.geo_value
    where tags.kind = 'theme' and tags.author_key in (select roaming.author_key from roaming)
    group by places.within_type, places.within_value, tags.week, tags.tag_id, tags.stance

)

select
    within_type as geo_type,
    within_value as geo_value,
    week,
    tag_id as theme_id,
    stance,
    cast(sum(author_n) as bigint) as author_n
from parts
group by within_type, within_value, week, tag_id, stance
