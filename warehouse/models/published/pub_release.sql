-- pub_release: the weeks of a release and the posts it rests on, in all.
--
-- One row. Counts are of all posts read, in no place. A count is NULL when fewer than 10
-- voices (authors in a week) wrote these posts, or 1 to 9 wrote all the others read. Posts are
-- at least as many as authors: in a release with a week whose nation is hidden, a count is also
-- NULL that is less than 10 above the authors told, since it would bound those hidden. The
-- release's name and the versions behind it are added when it is frozen (warehouse.release).
--
-- A source is named from 10 voices on, counted over all weeks and places of the release, since
-- the name of a source that few people use tells that one of them wrote. News is named from
-- its first post: its voices are outlets, which publish under their name and are no private
-- persons, and readers must know of every kind of source that stands behind a figure.
--
-- Grain: week
-- Columns:
--   week         MMWR week, the last of the release
--   week_start   Sunday of that week
--   week_end     Saturday of that week
--   weeks_n      weeks in the release, this one included
--   is_sample    true: made from posts written for demonstration
--   posts_n      posts read; NULL: too few to say
--   placed_n     of these, placed in a county or state; NULL: too few to say
--   health_n     of these, about health; NULL: too few to say
--   no_author_n  of these, with no author named, each counted as a voice; NULL: too few to say
--   sources      sources of 10 voices or more, and `news`; JSON list in order of name
--   error_rates  what shares are corrected by: 'audit', 'model card' or 'audit and model card',
--                with ', of another version' when some counts are not of this tagger; NULL:
--                nothing is known of its errors

with

held as (

    select
        shown.geo_value,
        shown.week
    from pub_volume_week as shown
    inner join stg_within as places
        on shown.geo_value = places.geo_value and places.steps_n > 0
    inner join pub_volume_week as holder
        on places.within_value = holder.geo_value and shown.week = holder.week
    group by shown.geo_value, shown.week

),

weekly as (

    select
        shown.week,
        bool_or(shown.geo_type = 'nation') as is_nation_told,
        sum(shown.health_author_n) as known_n
    from pub_volume_week as shown
    left join held on shown.geo_value = held.geo_value and shown.week = held.week
    where held.geo_value is null
    group by shown.week

),

known as (

    select
        count(*) filter (where weekly.is_nation_told) = count(*) as is_whole,
        coalesce(sum(weekly.known_n), 0) as known_n
    from ref_weeks
    left join weekly on ref_weeks.week = weekly.week

),

told as (

    select
        parts.part,
        case
            when
                parts.voice_n >= 10
                and (parts.rest_post_n = 0 or parts.rest_voice_n >= 10)
                and (
                    known.is_whole
                    or parts.part = 'no_author'
                    or parts.post_n - known.known_n >= 10
                )
                then parts.post_n
        end as post_n
    from mart_input as parts
    cross join known

),

counted as (

    select
        max(post_n) filter (where part = 'all') as posts_n,
        max(post_n) filter (where part = 'placed') as placed_n,
        max(post_n) filter (where part = 'health') as health_n,
        max(post_n) filter (where part = 'no_author') as no_author_n
    from told

),

told_sources as (

    select source
    from mart_source_week
    group by source
    having sum(voice_n) >= 10 or source = 'news'

),

corrected as (

    select
        string_agg(distinct origin, ' and ' order by origin)
        || if(bool_and(is_own_model), '', ', of another version') as error_rates
    from ref_error_rates

),

listed as (

    select cast(to_json(coalesce(list(source order by source), [])) as varchar) as sources
    from told_sources

)

select
    ref_window.week,
    ref_window.week_start,
    ref_window.week_end,
    ref_window.weeks_n,
    ref_window.is_sample,
    counted.posts_n,
    counted.placed_n,
    counted.health_n,
    counted.no_author_n,
    listed.sources,
    corrected.error_rates
from ref_window
cross join counted
cross join listed
cross join corrected
