-- mart_shown_week: the theme and signal counts that may be told, with their share.
--
-- Four rules hide a row: its place and week have no row in pub_volume_week; fewer than 10
-- authors; fewer than 10 health authors left outside (of a theme's stances the largest come
-- first, and each must leave 10 outside all before it, so that two stances do not give away a
-- third, nor "all but three" those three); and the rule of pub_volume_week for a rest of 1 to
-- 9 between a place and the places inside it, in the same week, theme and stance.
--
-- Grain: geo_value, week, kind, tag_id, stance
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   kind             'theme' or 'signal'
--   tag_id           a theme or signal of the taxonomy
--   stance           'promotes', 'refutes', 'asks' or 'mentions'; '' for a signal
--   author_n         distinct authors, 10 or more
--   health_author_n  distinct authors of posts about health, 10 or more above author_n
--   share_per_1000   author_n in 1,000 health_author_n
--   low_per_1000     lower end of the 90 % Wilson interval of that share
--   high_per_1000    its upper end

with recursive

counted as (

    select
        geo_value,
        week,
        'theme' as kind,
        theme_id as tag_id,
        stance,
        author_n
    from mart_theme_week
    union all
    select
        geo_value,
        week,
        'signal' as kind,
        signal_id as tag_id,
        '' as stance,
        author_n
    from mart_signal_week

),

outnumbered as (

    select
        volume.geo_type,
        counted.geo_value,
        counted.week,
        counted.kind,
        counted.tag_id,
        counted.stance,
        counted.author_n,
        volume.health_author_n,
        volume.health_author_n - sum(counted.author_n) over (
            partition by counted.geo_value, counted.week, counted.kind, counted.tag_id
            order by counted.author_n desc, counted.stance asc
            rows between unbounded preceding and current row
        ) as outside_n
    from counted
    inner join pub_volume_week as volume
        on counted.geo_value = volume.geo_value and counted.week = volume.week
    where counted.author_n >= 10

),

large as (

    select
        geo_type,
        geo_value,
        author_n,
        health_author_n,
        { 'week': week, 'kind': kind, 'tag_id': tag_id, 'stance': stance } as series
    from outnumbered
    where outside_n >= 10

),

held as (

    select
        large.geo_type,
        large.geo_value,
        large.series,
        large.author_n,
        large.health_author_n,
        arg_min(holder.geo_value, places.steps_n) filter (
            where holder.geo_value is not null
        ) as holder_value
    from large
    inner join stg_within as places on large.geo_value = places.geo_value
    left join large as holder
        on
            places.within_value = holder.geo_value
            and large.series = holder.series
            and places.steps_n > 0
    group by
        large.geo_type, large.geo_value, large.series, large.author_n, large.health_author_n

),

covered as (

    select
        holder_value,
        series,
        sum(author_n) as covered_n,
        count(*) as inside_n
    from held
    where holder_value is not null
    group by holder_value, series

),

weighed as (

    select
        held.geo_type,
        held.geo_value,
        held.series,
        held.author_n,
        held.health_author_n,
        held.holder_value,
        held.author_n - coalesce(covered.covered_n, 0) as rest_n,
        coalesce(covered.inside_n, 0) as inside_n,
        row_number() over (
            partition by held.holder_value, held.series
            order by held.author_n, held.geo_value
        ) = 1 as is_smallest
    from held
    left join covered
        on held.geo_value = covered.holder_value and held.series = covered.series

),

judged as (

    select
        geo_type,
        geo_value,
        series,
        author_n,
        health_author_n,
        geo_type = 'nation' and inside_n = 1 and rest_n between 1 and 9 as is_hidden,
        case when geo_type = 'nation' and inside_n = 1 then 0 else rest_n end as rest_n
    from weighed
    where holder_value is null
    union all
    select
        weighed.geo_type,
        weighed.geo_value,
        weighed.series,
        weighed.author_n,
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
        on judged.geo_value = weighed.holder_value and judged.series = weighed.series

),

shares as (

    select
        judged.geo_type,
        judged.geo_value,
        judged.series.week,
        judged.series.kind,
        judged.series.tag_id,
        judged.series.stance,
        judged.author_n,
        judged.health_author_n,
        judged.author_n / judged.health_author_n as fraction,
        power(1.6448536, 2) / judged.health_author_n as spread,
        (fraction + spread / 2) / (1 + spread) as middle,
        sqrt(fraction * (1 - fraction) * spread + power(spread / 2, 2)) / (1 + spread) as reach
    from judged
    where not judged.is_hidden

)

select
    geo_type,
    geo_value,
    week,
    kind,
    tag_id,
    stance,
    author_n,
    health_author_n,
    round(1000 * fraction, 1) as share_per_1000,
    round(1000 * (middle - reach), 1) as low_per_1000,
    round(1000 * (middle + reach), 1) as high_per_1000
from shares
