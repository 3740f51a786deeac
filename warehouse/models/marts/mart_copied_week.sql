-- mart_copied_week: how many distinct authors of health posts wrote near-copies.
--
-- Private: holds small numbers. Only near-copies that stand under 10 or more names in the week,
-- wherever they were put up; health posts alone, so that the count is part of health_author_n.
--
-- Grain: geo_value, week
-- Columns:
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   author_n   distinct authors

select
    places.within_value as geo_value,
    posts.week,
    count(distinct posts.author_key) as author_n
from stg_posts as posts
inner join stg_within as places on posts.geo_value = places.geo_value
where posts.is_copied and posts.is_health
group by places.within_value, posts.week
