-- mart_source_week: posts and voices by source and week; a week without any has zeros.
--
-- Private: holds small numbers.
--
-- Grain: source, week
-- Columns:
--   source      where the posts came from
--   week        MMWR week
--   week_start  Sunday of that week
--   post_n      posts read
--   placed_n    of these, placed in a county or state
--   health_n    of these, about health
--   voice_n     distinct authors of the posts

with

sources as (

    select distinct source
    from stg_posts

),

counted as (

    select
        source,
        week,
        count(*) as post_n,
        count(geo_value) as placed_n,
        count(*) filter (where is_health) as health_n,
        count(distinct author_key) as voice_n
    from stg_posts
    group by source, week

)

select
    sources.source,
    weeks.week,
    weeks.week_start,
    coalesce(counted.post_n, 0) as post_n,
    coalesce(counted.placed_n, 0) as placed_n,
    coalesce(counted.health_n, 0) as health_n,
    coalesce(counted.voice_n, 0) as voice_n
from sources
cross join ref_weeks as weeks
left join counted on sources.source = counted.source and weeks.week = counted.week
