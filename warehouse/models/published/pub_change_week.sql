-- pub_change_week: whether a theme or signal is given more or less than in the weeks before.
--
-- The share of the release's week against that of the trailing eight weeks with a one-week gap
-- taken together, both corrected and pooled as in pub_estimate_week, by the same draws of the
-- tagger's error rates. Weeks in which a source was out or the mix of sources changed are left
-- out (pub_outage_week); when the release's own week is one, nothing can be said. Places with
-- published health authors have a row; it takes such authors in four of the weeks before, and a
-- published count in one of them or now, to say more than 'too few posts to say'.
--
-- No word hangs on what a hidden count is: against a rise those of the weeks before are taken
-- for 9, or for as many as the model thinks likely where counts of 10 or more are often hidden
-- for the sake of others; against a fall for 0, and a hidden count of this week for 9. Nor does
-- silence mean 'steady': what is shown neither to have moved nor to have stayed is 'too few
-- posts to say', and so is what pub_alarm_week calls unusual here.
--
-- Grain: geo_value, week, kind, tag_id
-- Columns:
--   geo_type          'nation', 'rural', 'state', 'region' or 'county'
--   geo_value         'US', 'US-rural', 'WY', 'WY-rural' or a 5-digit county code
--   week              MMWR week of the release
--   kind              'theme' (promoting it) or 'signal'
--   tag_id            a theme or signal of the taxonomy
--   direction         'rising' or 'falling': so with probability 0.95, by a tenth or more;
--                     'new': rising, and threefold with probability 0.95; 'steady': none of
--                     these, and with probability 0.9 above half of past_high and below twice
--                     past_low; 'too few posts to say'
--   past_low          posterior mean share of the weeks before per 1,000, hidden counts taken
--                     for 0; NULL when no weeks can be compared with
--   past_high         the same, hidden counts taken for 9, or for more where that is likelier
--   rise_probability  0 to 1, that the share is above past_high; NULL like past_low
--   fall_probability  0 to 1, that the share is below past_low; NULL like past_low
--   weeks_n           weeks compared with; 0 when there are too few
--   weeks_left_out    of the trailing eight, those left out for an outage or a changed mix

with

unusual as (

    select (geo_value, week, kind, tag_id) as cell
    from pub_alarm_week
    where is_alarm

),

judged as (

    select
        *,
        coalesce(weeks_n, 0) as past_weeks_n,
        case
            when rise_probability is null then 'too few posts to say'
            when rise_probability >= 0.95 and many_fold_probability >= 0.95 then 'new'
            when rise_probability >= 0.95 and share_per_1000 >= 1.1 * past_most_per_1000
                then 'rising'
            when fall_probability >= 0.95 and share_per_1000 <= 0.9 * past_least_per_1000
                then 'falling'
            when (geo_value, week, kind, tag_id) in (select unusual.cell from unusual)
                then 'too few posts to say'
            when alike_probability >= 0.9 then 'steady'
            else 'too few posts to say'
        end as direction
    from est_share_week
    where kind in ('theme', 'signal')

)

select
    judged.geo_type,
    judged.geo_value,
    judged.week,
    judged.kind,
    judged.tag_id,
    judged.direction,
    judged.past_least_per_1000 as past_low,
    judged.past_most_per_1000 as past_high,
    judged.rise_probability,
    judged.fall_probability,
    judged.past_weeks_n as weeks_n,
    judged.weeks_left_out
from judged
inner join ref_window on judged.week = ref_window.week
left join pub_volume_week as shown
    on judged.geo_value = shown.geo_value and judged.week = shown.week
where shown.geo_value is not null or judged.rise_probability is not null
