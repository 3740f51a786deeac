-- stg_geographies: every place we count for, and the place that holds it.
--
-- Grain: geo_value
-- Columns:
--   geo_type      'nation', 'state', 'region' (a state's rural or urban counties) or 'county'
--   geo_value     'US', 'WY', 'WY-rural' or a 5-digit county code
--   parent_value  geo_value of the place around it; NULL for the nation

select
    'county' as geo_type,
    fips as geo_value,
    region as parent_value
from ref_counties
union all
select distinct
    'region' as geo_type,
    region as geo_value,
    state as parent_value
from ref_counties
union all
select distinct
    'state' as geo_type,
    state as geo_value,
    'US' as parent_value
from ref_counties
union all
select
    'nation' as geo_type,
    'US' as geo_value,
    null as parent_value
