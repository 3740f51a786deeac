-- stg_clinic_cells: what clinics heard in each place and week, for warehouse.hiding to judge.
--
-- Series in which nothing may be told, and nothing was told before, have no rows.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'clinic'
--   tag_id     a theme of the taxonomy
--   stance     ''
--   week       MMWR week
--   geo_value  'WY' or a 5-digit county code
--   author_n   times heard, as staff counted them; named like the counts judged with it
--   is_fit     may be told, as far as this count alone goes
--   before_n   what earlier releases told; 0: nothing
--   is_old     an earlier release covers the week
--   is_open    earlier releases told nothing of the theme anywhere, in the weeks counted

with

stacked as (

    select
        'clinic' as kind,
        theme_id as tag_id,
        '' as stance,
        week,
        geo_value,
        heard_n as author_n,
        heard_n >= 10 as is_fit,
        0 as before_n
    from mart_clinic_week
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
    inner join ref_themes as themes on earlier.tag_id = themes.theme_id
    where
        earlier.kind = 'clinic'

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
    sum(joined.before_n) over (partition by joined.tag_id) = 0 as is_open
from joined
left join ref_told_weeks as covered on joined.week = covered.week
qualify
    bool_or(joined.is_fit or joined.before_n > 0) over (
        partition by joined.kind, joined.tag_id, joined.stance, joined.week
    )
