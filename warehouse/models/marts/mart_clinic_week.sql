-- mart_clinic_week: how often clinics reported hearing each theme.
--
-- Private: holds small numbers. Of counties and states only; who heard it is summed over.
--
-- Grain: geo_value, week, theme_id
-- Columns:
--   geo_type     'state' or 'county'
--   geo_value    'WY' or a 5-digit county code
--   state_value  geo_value of the state it is or lies in
--   week         MMWR week
--   theme_id     a theme of the taxonomy
--   heard_n      times heard, as staff counted them

with

placed as (

    select
        counties.fips,
        counties.state,
        clinic.week,
        clinic.theme_id,
        clinic.heard_n
    from raw_clinic as clinic
    inner join ref_counties as counties on clinic.county_fips = counties.fips
    inner join ref_themes as themes on clinic.theme_id = themes.theme_id
    inner join ref_weeks as weeks on clinic.week = weeks.week

)

select
    'county' as geo_type,
    fips as geo_value,
    state as state_value,
    week,
    theme_id,
    cast(sum(heard_n) as bigint) as heard_n
from placed
group by fips, state, week, theme_id
union all
select
    'state' as geo_type,
    state as geo_value,
    state as state_value,
    week,
    theme_id,
    cast(sum(heard_n) as bigint) as heard_n
from placed
group by state, week, theme_id
