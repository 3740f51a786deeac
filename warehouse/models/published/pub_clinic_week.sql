-- pub_clinic_week: how often clinics reported hearing a theme, where that may be told.
--
-- Reported by staff and counted apart from posts: never add the two. Two rules hide a row.
-- Fewer than 10 times is never shown. And a state's number may not leave 1 to 9 when those of
-- its shown counties are taken away: that rest would give a hidden county back. Where it
-- would, the smallest shown county is hidden too, which makes the rest 11 or more.
--
-- Grain: geo_value, week, theme_id
-- Columns:
--   geo_type   'state' or 'county'
--   geo_value  'WY' or a 5-digit county code
--   week       MMWR week
--   theme_id   a theme of the taxonomy
--   heard_n    times heard, 10 or more, as staff counted them; not a number of patients

with

large as (

    select
        geo_type,
        geo_value,
        state_value,
        week,
        theme_id,
        heard_n
    from mart_clinic_week
    where heard_n >= 10

),

weighed as (

    select
        geo_type,
        geo_value,
        week,
        theme_id,
        heard_n,
        coalesce(sum(heard_n) filter (where geo_type = 'state') over whole, 0)
        - coalesce(sum(heard_n) filter (where geo_type = 'county') over whole, 0) as rest_n,
        row_number() over (
            partition by state_value, week, theme_id
            order by geo_type, heard_n, geo_value
        ) = 1 as is_smallest
    from large
    window whole as (partition by state_value, week, theme_id)

)

select
    geo_type,
    geo_value,
    week,
    theme_id,
    heard_n
from weighed
where not (geo_type = 'county' and is_smallest and rest_n between 1 and 9)
