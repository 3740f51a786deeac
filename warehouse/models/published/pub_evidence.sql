-- pub_evidence: how many voices each place had over all the weeks, in words, never exactly.
--
-- A voice is an author in a week: keys change weekly, so the same person is a voice in each.
-- Bands begin at 10, 20, 50, 100 and 500, and a beginning is used only where crossing it says
-- nothing of a single hidden week. It must lie at or below the sum of the published weeks, or
-- 10 above that sum at least; and for health voices no higher than all open weeks but one
-- could reach at 9 each. (Open is a week that is not published, unless the nearest published
-- place around has nothing left to share out in it.) Otherwise the next lower beginning is
-- used, so a band may understate, and 'fewer than 10' can mean that no more may be told.
--
-- Whether near-copies were seen is told by the rules of a theme: in some week, whose health
-- authors are published there, 10 or more of them put up near-copies and 10 or more did not.
--
-- Grain: geo_value
-- Columns:
--   geo_type           'nation', 'state', 'region' or 'county'
--   geo_value          'US', 'WY', 'WY-rural' or a 5-digit county code
--   voice_band         'fewer than 10', '10 to 19', '20 to 49', '50 to 99', '100 to 499' or
--                      '500 or more' authors of any post
--   health_voice_band  the same words for authors of posts about health
--   copies             '10 names or more': in one week so many put up near-copies about health;
--                      'none shown': not seen, too few, or not to be told

with

bands as (

    select
        band.least_n,
        band.words
    from (
        values
        (0, 'fewer than 10'),
        (10, '10 to 19'),
        (20, '20 to 49'),
        (50, '50 to 99'),
        (100, '100 to 499'),
        (500, '500 or more')
    ) as band (least_n, words)

),

inside as (

    select
        places.geo_value,
        shown.week,
        arg_min(shown.geo_value, places.steps_n) as holder_value
    from stg_within as places
    inner join pub_volume_week as shown on places.within_value = shown.geo_value
    where places.steps_n > 0
    group by places.geo_value, shown.week

),

covered as (

    select
        inside.holder_value,
        inside.week,
        sum(shown.health_author_n) as covered_n
    from inside
    inner join pub_volume_week as shown
        on inside.geo_value = shown.geo_value and inside.week = shown.week
    group by inside.holder_value, inside.week

),

closed as (

    select
        inside.geo_value,
        count(*) as closed_weeks_n
    from inside
    inner join pub_volume_week as holder
        on inside.holder_value = holder.geo_value and inside.week = holder.week
    inner join covered
        on inside.holder_value = covered.holder_value and inside.week = covered.week
    left join pub_volume_week as shown
        on inside.geo_value = shown.geo_value and inside.week = shown.week
    where
        shown.geo_value is null
        and holder.health_author_n - covered.covered_n < 10
    group by inside.geo_value

),

counted as (

    select
        volume.geo_value,
        sum(volume.author_n) as voice_n,
        sum(volume.health_author_n) as health_voice_n,
        sum(shown.health_author_n) as shown_n,
        count(shown.health_author_n) as shown_weeks_n
    from mart_volume_week as volume
    left join pub_volume_week as shown
        on volume.geo_value = shown.geo_value and volume.week = shown.week
    group by volume.geo_value

),

summed as (

    select
        places.geo_type,
        places.geo_value,
        coalesce(counted.voice_n, 0) as voice_n,
        coalesce(counted.health_voice_n, 0) as health_voice_n,
        coalesce(counted.shown_n, 0) as shown_n,
        ref_window.weeks_n
        - coalesce(counted.shown_weeks_n, 0)
        - coalesce(closed.closed_weeks_n, 0) as open_weeks_n
    from stg_geographies as places
    cross join ref_window
    left join counted on places.geo_value = counted.geo_value
    left join closed on places.geo_value = closed.geo_value

),

flagged as (

    select distinct copied.geo_value
    from mart_copied_week as copied
    inner join pub_volume_week as shown
        on copied.geo_value = shown.geo_value and copied.week = shown.week
    where copied.author_n >= 10 and shown.health_author_n - copied.author_n >= 10

),

allowed as (

    select
        summed.geo_type,
        summed.geo_value,
        bands.least_n,
        bands.words,
        bands.least_n <= summed.voice_n as is_voices,
        bands.least_n <= summed.health_voice_n
        and bands.least_n
        <= summed.shown_n + 9 * greatest(summed.open_weeks_n - 1, 0) as is_health_voices
    from summed
    inner join bands
        on
            summed.shown_n >= bands.least_n
            or summed.shown_n + 10 <= bands.least_n

)

select
    allowed.geo_type,
    allowed.geo_value,
    max_by(allowed.words, allowed.least_n) filter (where allowed.is_voices) as voice_band,
    max_by(allowed.words, allowed.least_n) filter (where allowed.is_health_voices)
        as health_voice_band,
    case when flagged.geo_value is null then 'none shown' else '10 names or more' end as copies
from allowed
left join flagged on allowed.geo_value = flagged.geo_value
group by allowed.geo_type, allowed.geo_value, flagged.geo_value
