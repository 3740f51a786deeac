-- mart_volume_week: how many posts and distinct authors each place had in each week.
--
-- Private: holds small numbers. A post placed in a county counts in its county, region, state
-- and the nation; one placed in a state in the state and the nation; any other nowhere.
--
-- Grain: geo_value, week
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   post_n           posts
--   author_n         distinct authors of these posts
--   health_author_n  distinct authors of its posts about health

select
    places.within_type as geo_type,
    places.within_value as geo_value,
    posts.week,
    count(*) as post_n,
    count(distinct posts.author_key) as author_n,
    count(distinct posts.author_key) filter (where posts.is_health) as health_author_n
from stg_posts as posts
inner join stg_within as places on posts.geo_value = places.geo_value
group by places.within_type, places.within_value, posts.week
