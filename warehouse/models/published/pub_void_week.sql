-- pub_void_week: themes that people ask about, and whether the asking goes unanswered.
--
-- An information void is a rise in questions with few rebuttals: the share of health voices
-- that asks is above that of the trailing eight weeks (as in pub_change_week) with probability
-- 0.95, and the likely range of those who rebut ends below that of those who ask. Questions and
-- rebuttals are pooled like everything in pub_estimate_week, but not corrected: how often the
-- tagger takes one for the other is not known. Places whose number of askers is published have
-- a row, and the rural nation where one of its regions has.
--
-- Grain: geo_value, week, theme_id
-- Columns:
--   geo_type          'nation', 'rural', 'state', 'region' or 'county'
--   geo_value         'US', 'US-rural', 'WY', 'WY-rural' or a 5-digit county code
--   week              MMWR week of the release
--   theme_id          a theme of the taxonomy
--   asks_per_1000     posterior mean share that asks, in 1,000 health authors
--   asks_low          lower end of its 90 % interval, per 1,000
--   asks_high         its upper end
--   refutes_per_1000  posterior mean share that rebuts
--   refutes_high      upper end of its 90 % interval
--   rise_probability  0 to 1, that more ask than in the weeks before; NULL when these are few
--   is_void           whether it is an information void

with

asked as (

    select
        geo_value,
        week,
        tag_id
    from mart_shown_week
    where stance = 'asks'
    union
    select
        'US-rural' as geo_value,
        week,
        tag_id
    from mart_shown_week
    where stance = 'asks' and geo_type = 'region' and geo_value like '%-rural'

)

select
    asks.geo_type,
    asks.geo_value,
    asks.week,
    asks.tag_id as theme_id,
    asks.share_per_1000 as asks_per_1000,
    asks.low_per_1000 as asks_low,
    asks.high_per_1000 as asks_high,
    refutes.share_per_1000 as refutes_per_1000,
    refutes.high_per_1000 as refutes_high,
    asks.rise_probability,
    coalesce(asks.rise_probability >= 0.95, false)
    and refutes.high_per_1000 < asks.low_per_1000 as is_void
from est_share_week as asks
inner join est_share_week as refutes
    on
        asks.geo_value = refutes.geo_value
        and asks.week = refutes.week
        and asks.tag_id = refutes.tag_id
        and refutes.kind = 'refutes'
inner join asked
    on
        asks.geo_value = asked.geo_value
        and asks.week = asked.week
        and asks.tag_id = asked.tag_id
where asks.kind = 'asks'
