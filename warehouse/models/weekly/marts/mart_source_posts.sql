-- mart_source_posts: posts and voices by source and week, where there are any.
--
-- Private: holds small numbers.
--
-- Grain: source, week
-- Columns:
--   source    where the posts came from
--   week      MMWR week
--   post_n    posts read
--   placed_n  of these, placed in a county or state
--   health_n  of these, about health
--   voice_n   distinct authors of the posts

select
    source,
    week,
    count(*) as post_n,
    count(geo_value) as placed_n,
    count(*) filter (where is_health) as health_n,
    count(distinct author_key) as voice_n
from stg_posts
group by source, week
