-- pub_evidence: how many voices each place had over all the weeks, in words, never exactly.
--
-- A voice is an author in a week: keys change weekly, so the same person is a voice in each.
-- Bands begin at 10, 20, 50, 100 and 500. A beginning is used only where crossing it tells
-- nothing of one hidden week: it lies at or below the sum of the published weeks, or 10 above
-- that sum at least; and for health voices no higher than the hidden weeks but one could
-- reach at 9 each. Otherwise the next lower beginning is used, so a band may understate.
--
-- Grain: geo_value
-- Columns:
--   geo_type           'nation', 'state', 'region' or 'county'
--   geo_value          'US', 'WY', 'WY-rural' or a 5-digit county code
--   voice_band         'fewer than 10', '10 to 19', '20 to 49', '50 to 99', '100 to 499' or
--                      '500 or more' authors of any post
--   health_voice_band  the same words for authors of posts about health

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

summed as (

    select
        places.geo_type,
        places.geo_value,
        coalesce(sum(volume.author_n), 0) as voice_n,
        coalesce(sum(volume.health_author_n), 0) as health_voice_n,
        coalesce(sum(shown.health_author_n), 0) as shown_n,
        count(*) filter (
            where volume.health_author_n > 0 and shown.health_author_n is null
        ) as hidden_weeks_n
    from stg_geographies as places
    left join mart_volume_week as volume on places.geo_value = volume.geo_value
    left join pub_volume_week as shown
        on volume.geo_value = shown.geo_value and volume.week = shown.week
    group by places.geo_type, places.geo_value

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
        <= summed.shown_n + 9 * greatest(summed.hidden_weeks_n - 1, 0) as is_health_voices
    from summed
    inner join bands
        on
            summed.shown_n >= bands.least_n
            or summed.shown_n + 10 <= bands.least_n

)

select
    geo_type,
    geo_value,
    max_by(words, least_n) filter (where is_voices) as voice_band,
    max_by(words, least_n) filter (where is_health_voices) as health_voice_band
from allowed
group by geo_type, geo_value
