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
    from mart_source_posts

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
left join mart_source_posts as counted
    on sources.source = counted.source and weeks.week = counted.week
