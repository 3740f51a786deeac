-- mart_tag_week: how many distinct authors took each stance to each theme, or gave each signal.
--
-- Private: holds small numbers. An author who takes two stances counts in both. Posts not about
-- health are left out, so that each count is a part of health_author_n; nor are near-copies
-- under 10 or more names counted, as in mart_volume_week.
--
-- Grain: geo_value, week, kind, tag_id, stance
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   kind       'theme' or 'signal'
--   tag_id     a theme or trust signal of the taxonomy
--   stance     'promotes', 'refutes', 'asks' or 'mentions'; '' for a signal
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
        kind,
        tag_id,
        stance,
        count(*) as author_n
    from stg_tags
    where author_key not in (select roaming.author_key from roaming)
    group by geo_value, week, kind, tag_id, stance

),

parts as (

    select
        places.within_type,
        places.within_value,
        settled.week,
        settled.kind,
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
        tags.kind,
        tags.tag_id,
        tags.stance,
        count(distinct tags.author_key) as author_n
    from stg_tags as tags
    inner join stg_within as places on tags.geo_value = places.geo_value
    where tags.author_key in (select roaming.author_key from roaming)
    group by
        places.within_type, places.within_value, tags.week, tags.kind, tags.tag_id, tags.stance

)

select
    within_type as geo_type,
    within_value as geo_value,
    week,
    kind,
    tag_id,
    stance,
    cast(sum(author_n) as bigint) as author_n
from parts
group by within_type, within_value, week, kind, tag_id, stance
