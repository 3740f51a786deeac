-- pub_evidence: how many voices each place had over all the weeks, in words, never exactly.
--
-- A voice is an author in a week: keys change weekly, so the same person is a voice in each.
-- Only weeks whose health authors are told for the place are counted: a band that rose with
-- hidden weeks would bound them, and those of the places beside it. So a band understates, and
-- 'fewer than 10' means that no week of the place could be told.
--
-- Whether near-copies were seen is told by the rules of a theme: in some week, whose health
-- authors are published there, 10 or more of them put up near-copies and 10 or more did not.
--
-- Grain: geo_value
-- Columns:
--   geo_type           'nation', 'state', 'region' or 'county'
--   geo_value          'US', 'WY', 'WY-rural' or a 5-digit county code
--   voice_band         'fewer than 10', '10 to 19', '20 to 49', '50 to 99', '100 to 499' or
--                      '500 or more' authors of any post, in the weeks that are told
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

summed as (

    select
        places.geo_type,
        places.geo_value,
        coalesce(sum(shown.health_author_n), 0) as health_voice_n,
        coalesce(sum(greatest(volume.author_n, shown.health_author_n)), 0) as voice_n
    from stg_geographies as places
    left join pub_volume_week as shown on places.geo_value = shown.geo_value
    left join mart_volume_week as volume
        on shown.geo_value = volume.geo_value and shown.week = volume.week
    group by places.geo_type, places.geo_value

),

flagged as (

    select distinct copied.geo_value
    from mart_copied_week as copied
    inner join pub_volume_week as shown
        on copied.geo_value = shown.geo_value and copied.week = shown.week
    where copied.author_n >= 10 and copied.other_author_n >= 10

)

select
    summed.geo_type,
    summed.geo_value,
    max_by(bands.words, bands.least_n) filter (where bands.least_n <= summed.voice_n)
        as voice_band,
    max_by(bands.words, bands.least_n) filter (where bands.least_n <= summed.health_voice_n)
        as health_voice_band,
    case when flagged.geo_value is null then 'none shown' else '10 names or more' end as copies
from summed
cross join bands
left join flagged on summed.geo_value = flagged.geo_value
group by summed.geo_type, summed.geo_value, flagged.geo_value
