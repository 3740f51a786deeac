-- mart_signal_week: how many distinct authors of health posts gave each trust signal.
--
-- Private: holds small numbers. Posts not about health are left out, so that the count is a
-- part of health_author_n.
--
-- Grain: geo_value, week, signal_id
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   signal_id  a trust signal of the taxonomy
--   author_n   distinct authors

select
    places.within_type as geo_type,
    places.within_value as geo_value,
    posts.week,
    signals.signal_id,
    count(distinct posts.author_key) as author_n
from stg_tags as tags
inner join ref_signals as signals on tags.tag_id = signals.signal_id
inner join stg_posts as posts on tags.post_id = posts.post_id
inner join stg_within as places on posts.geo_value = places.geo_value
where tags.kind = 'signal' and posts.is_health
group by places.within_type, places.within_value, posts.week, signals.signal_id
