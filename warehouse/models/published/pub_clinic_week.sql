-- pub_clinic_week: how often clinics reported hearing a theme, where that may be told.
--
-- Reported by staff and counted apart from posts: never add the two. Fewer than 10 times is
-- never told, and of the others those are hidden without which no hidden number can be found to
-- within 4, by the rules of pub_volume_week; a state is the sum of its counties.
--
-- Grain: geo_value, week, theme_id
-- Columns:
--   geo_type   'state' or 'county'
--   geo_value  'WY' or a 5-digit county code
--   week       MMWR week
--   theme_id   a theme of the taxonomy
--   heard_n    times heard, 10 or more, as staff counted them; not a number of patients

select
    places.geo_type,
    told.geo_value,
    told.week,
    told.tag_id as theme_id,
    told.author_n as heard_n
from est_told_clinic as told
inner join stg_geographies as places on told.geo_value = places.geo_value
