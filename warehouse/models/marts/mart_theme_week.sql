-- mart_theme_week: how many distinct authors took each stance to each theme.
--
-- Private: holds small numbers. An author who takes two stances counts in both.
--
-- Grain: geo_value, week, theme_id, stance
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   theme_id   a theme of the taxonomy
--   stance     'promotes', 'refutes', 'asks' or 'mentions'
--   author_n   distinct authors

select
    places.within_type as geo_type,
    places.within_value as geo_value,
    posts.week,
    themes.theme_id,
    tags.stance,
    count(distinct posts.author_key) as author_n
from stg_tags as tags
inner join ref_themes as themes on tags.tag_id = themes.theme_id
inner join stg_posts as posts on tags.post_id = posts.post_id
inner join stg_within as places on posts.geo_value = places.geo_value
where tags.kind = 'theme'
group by places.within_type, places.within_value, posts.week, themes.theme_id, tags.stance
