-- pub_volume_week: distinct authors of health posts, where that may be told.
--
-- Two rules hide a row. Fewer than 10 authors are never shown. And no shown number may leave
-- 1 to 9 authors when the shown numbers inside it are taken away: that rest would give a
-- hidden number back. Where it would, the smallest number inside is hidden too. Hiding it
-- makes the rest 10 or more, unless it is itself the sum of numbers inside it: then its rest
-- is carried down and the smallest of those goes as well, and so on; a county has nothing
-- inside, so this ends. Inside means: in the nearest larger place that may be shown, so the
-- counties of a hidden region are judged against their state. One exception: where a single
-- state is shown in the nation, the nation is hidden and the state stays.
--
-- Grain: geo_value, week
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   health_author_n  distinct authors of posts about health, 10 or more

with recursive

held as (

    -- a place of 10 lies in places of 10 or more, so the nearest is the next one up
    select
        volume.geo_type,
        volume.geo_value,
        volume.week,
        volume.health_author_n,
        places.parent_value as holder_value
    from mart_volume_week as volume
    inner join stg_geographies as places on volume.geo_value = places.geo_value
    where volume.health_author_n >= 10

),

covered as (

    select
        holder_value,
        week,
        sum(health_author_n) as covered_n,
        count(*) as inside_n
    from held
    where holder_value is not null
    group by holder_value, week

),

weighed as (

    select
        held.geo_type,
        held.geo_value,
        held.week,
        held.health_author_n,
        held.holder_value,
        held.health_author_n - coalesce(covered.covered_n, 0) as rest_n,
        coalesce(covered.inside_n, 0) as inside_n,
        row_number() over (
            partition by held.holder_value, held.week
            order by held.health_author_n, held.geo_value
        ) = 1 as is_smallest
    from held
    left join covered
        on held.geo_value = covered.holder_value and held.week = covered.week

),

judged as (

    select
        geo_type,
        geo_value,
        week,
        health_author_n,
        geo_type = 'nation' and inside_n = 1 and rest_n between 1 and 9 as is_hidden,
        case when geo_type = 'nation' and inside_n = 1 then 0 else rest_n end as rest_n
    from weighed
    where holder_value is null
    union all
    select
        weighed.geo_type,
        weighed.geo_value,
        weighed.week,
        weighed.health_author_n,
        weighed.is_smallest and judged.rest_n between 1 and 9 as is_hidden,
        weighed.rest_n
        + case
            when weighed.is_smallest and judged.rest_n between 1 and 9
                then judged.rest_n
            else 0
        end as rest_n
    from judged
    inner join weighed
        on judged.geo_value = weighed.holder_value and judged.week = weighed.week

)

select
    geo_type,
    geo_value,
    week,
    health_author_n
from judged
where not is_hidden
