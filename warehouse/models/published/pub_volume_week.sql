-- pub_volume_week: distinct authors of health posts, where that may be told.
--
-- Fewer than 10 authors are never told. Of the others those are hidden without which no hidden
-- number, of any place inside or beside it, can be found to within 4 of what it is: see "What
-- is hidden" in warehouse/README.md. A number told in an earlier release stays as it was told
-- unless it has changed by 10 or more.
--
-- Grain: geo_value, week
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   health_author_n  distinct authors of posts about health, 10 or more

select
    places.geo_type,
    told.geo_value,
    told.week,
    told.author_n as health_author_n
from est_told_volume as told
inner join stg_geographies as places on told.geo_value = places.geo_value
