-- stg_within: every place with each place it lies in, itself included.
--
-- Grain: geo_value, within_value
-- Columns:
--   geo_value     a place
--   within_type   geo_type of the place around it
--   within_value  geo_value of the place around it
--   steps_n       levels between the two; 0 for the place itself

with recursive

nested as (

    select
        geo_value,
        geo_type as within_type,
        geo_value as within_value,
        parent_value,
        0 as steps_n
    from stg_geographies
    union all
    select
        nested.geo_value,
        outer_place.geo_type as within_type,
        outer_place.geo_value as within_value,
        outer_place.parent_value,
        nested.steps_n + 1 as steps_n
    from nested
    inner join stg_geographies as outer_place on nested.parent_value = outer_place.geo_value

)

select
    geo_value,
    within_type,
    within_value,
    steps_n
from nested
