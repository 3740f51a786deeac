-- pub_change_week: whether a theme is promoted more or less than in the weeks before.
--
-- The week's share against that of the trailing eight weeks with a one-week gap, by a
-- two-proportion z test at 90 % (authors of different weeks are counted as different). A row
-- needs the week's promoting share to be published, and four weeks before with a published
-- health_author_n: nothing hidden decides whether there is a row. Weeks whose promoting count
-- was hidden though it is 10 or more are left out of the sums. Small hidden counts enter as
-- one sum, and of that only which ten it falls in (0 to 9, 10 to 19, …): the middle of it is
-- counted. So a word never hangs on one hidden author.
--
-- Grain: geo_value, week, theme_id
-- Columns:
--   geo_type   'nation', 'state', 'region' or 'county'
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   week       MMWR week
--   theme_id   a theme of the taxonomy
--   direction  'rising'; 'new' is rising with fewer than 10 voices in all the weeks before;
--              'falling'; 'steady' when none of these can be told

with

weeks as (

    select
        present.week,
        past.week as past_week
    from ref_weeks as present
    inner join ref_weeks as past
        on past.week_start between present.week_start - 63 and present.week_start - 14

),

compared as (

    select
        present.geo_type,
        present.geo_value,
        present.week,
        present.theme_id,
        present.author_n,
        present.health_author_n,
        volume.health_author_n as past_health_author_n,
        shown.author_n as past_shown_n,
        case when shown.author_n is null then coalesce(counted.author_n, 0) end
            as past_hidden_n,
        shown.author_n is not null or coalesce(counted.author_n, 0) < 10 as is_usable
    from pub_theme_week as present
    inner join weeks on present.week = weeks.week
    inner join pub_volume_week as volume
        on present.geo_value = volume.geo_value and weeks.past_week = volume.week
    left join pub_theme_week as shown
        on
            present.geo_value = shown.geo_value
            and weeks.past_week = shown.week
            and present.theme_id = shown.theme_id
            and shown.stance = 'promotes'
    left join mart_theme_week as counted
        on
            present.geo_value = counted.geo_value
            and weeks.past_week = counted.week
            and present.theme_id = counted.theme_id
            and counted.stance = 'promotes'
    where present.stance = 'promotes'

),

summed as (

    select
        geo_type,
        geo_value,
        week,
        theme_id,
        author_n,
        health_author_n,
        sum(past_health_author_n) filter (where is_usable) as past_health_author_n,
        coalesce(sum(past_shown_n), 0) as past_shown_n,
        -- no more than all small hidden weeks but one could hold: more would tell of each
        least(
            coalesce(sum(past_hidden_n) filter (where is_usable), 0),
            9 * greatest(count(*) filter (where is_usable and past_hidden_n > 0) - 1, 0)
        ) // 10 * 10 as past_hidden_tens_n,
        count(past_hidden_n) filter (where is_usable) as past_hidden_weeks_n
    from compared
    group by geo_type, geo_value, week, theme_id, author_n, health_author_n
    having count(*) >= 4

),

pooled as (

    select
        geo_type,
        geo_value,
        week,
        theme_id,
        past_shown_n + past_hidden_tens_n as past_least_n,
        author_n / health_author_n as present_share,
        past_shown_n
        + case when past_hidden_weeks_n > 0 then past_hidden_tens_n + 4.5 else 0 end
            as past_author_n,
        past_author_n / past_health_author_n as past_share,
        (author_n + past_author_n) / (health_author_n + past_health_author_n) as both_share,
        1 / health_author_n + 1 / past_health_author_n as spread
    from summed

),

tested as (

    select
        geo_type,
        geo_value,
        week,
        theme_id,
        past_least_n,
        (present_share - past_share) / sqrt(both_share * (1 - both_share) * spread) as z_score
    from pooled

)

select
    geo_type,
    geo_value,
    week,
    theme_id,
    case
        when z_score > 1.6448536 and past_least_n = 0 then 'new'
        when z_score > 1.6448536 then 'rising'
        when z_score < -1.6448536 then 'falling'
        else 'steady'
    end as direction
from tested
