-- stg_share_cells: the authors of each theme's stances and each signal, for warehouse.hiding.
--
-- Fit to be told is a count of 10 or more where the place's health authors are told and 10 of
-- them stand outside it. Of a theme's stances the largest come first, and each must leave 10
-- outside all before it, so that two stances do not give away a third, nor "all but three"
-- those three. Series in which nothing is fit, and nothing was told before, have no rows.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'theme' or 'signal'
--   tag_id     a theme or signal of the taxonomy
--   stance     'promotes', 'refutes', 'asks' or 'mentions'; '' for a signal
--   week       MMWR week
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   author_n   distinct authors
--   is_fit     may be told, as far as this place alone goes
--   before_n   what earlier releases told; 0: nothing
--   is_old     an earlier release covers the week
--   is_open    earlier releases told nothing of the tag anywhere, in the weeks counted

with

judged as (

    select
        counted.kind,
        counted.tag_id,
        counted.stance,
        counted.week,
        counted.geo_value,
        counted.author_n,
        counted.author_n >= 10
        and volume.author_n - sum(counted.author_n) over (
            partition by counted.geo_value, counted.week, counted.kind, counted.tag_id
            order by counted.author_n desc, counted.stance asc
            rows between unbounded preceding and current row
        ) >= 10 as is_fit
    from mart_tag_week as counted
    left join est_told_volume as volume
        on counted.geo_value = volume.geo_value and counted.week = volume.week

),

stacked as (

    select
        kind,
        tag_id,
        stance,
        week,
        geo_value,
        author_n,
        is_fit,
        0 as before_n
    from judged
    union all
    select
        earlier.kind,
        earlier.tag_id,
        earlier.stance,
        earlier.week,
        earlier.geo_value,
        0 as author_n,
        false as is_fit,
        earlier.author_n as before_n
    from ref_told_before as earlier
    inner join ref_weeks as weeks on earlier.week = weeks.week
    left join ref_themes as themes on earlier.tag_id = themes.theme_id
    left join ref_signals as signals on earlier.tag_id = signals.signal_id
    where
        earlier.kind = 'theme' and themes.theme_id is not null
        or earlier.kind = 'signal' and signals.signal_id is not null

),

joined as (

    select
        kind,
        tag_id,
        stance,
        week,
        geo_value,
        sum(author_n) as author_n,
        bool_or(is_fit) as is_fit,
        sum(before_n) as before_n
    from stacked
    group by kind, tag_id, stance, week, geo_value

)

select
    joined.kind,
    joined.tag_id,
    joined.stance,
    joined.week,
    joined.geo_value,
    joined.author_n,
    joined.is_fit,
    joined.before_n,
    covered.week is not null as is_old,
    sum(joined.before_n) over (partition by joined.kind, joined.tag_id) = 0 as is_open
from joined
left join ref_told_weeks as covered on joined.week = covered.week
qualify
    bool_or(joined.is_fit or joined.before_n > 0) over (
        partition by joined.kind, joined.tag_id, joined.stance, joined.week
    )
