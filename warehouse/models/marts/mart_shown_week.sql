-- mart_shown_week: the theme and signal counts that may be told, with their share.
--
-- Which counts these are is decided in stg_share_cells, by the place alone, and est_told_share,
-- by all places together. Numbers of earlier releases stay as they were told; where such a
-- number no longer leaves 10 of the health authors told outside, the row is left out.
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

with

outnumbered as (

    select
        volume.geo_type,
        told.geo_value,
        told.week,
        told.kind,
        told.tag_id,
        told.stance,
        told.author_n,
        volume.health_author_n,
        volume.health_author_n - sum(told.author_n) over (
            partition by told.geo_value, told.week, told.kind, told.tag_id
            order by told.author_n desc, told.stance asc
            rows between unbounded preceding and current row
        ) as outside_n
    from est_told_share as told
    inner join pub_volume_week as volume
        on told.geo_value = volume.geo_value and told.week = volume.week

),

shares as (

    select
        geo_type,
        geo_value,
        week,
        kind,
        tag_id,
        stance,
        author_n,
        health_author_n,
        author_n / health_author_n as fraction,
        power(1.6448536, 2) / health_author_n as spread,
        (fraction + spread / 2) / (1 + spread) as middle,
        sqrt(fraction * (1 - fraction) * spread + power(spread / 2, 2)) / (1 + spread) as reach
    from outnumbered
    where outside_n >= 10

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
