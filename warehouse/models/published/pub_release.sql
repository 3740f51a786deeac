-- pub_release: the weeks of a release and the posts it rests on, in all.
--
-- One row. Counts are of all posts read, in no place. A count is NULL when fewer than 10
-- voices (authors in a week) wrote these posts, or 1 to 9 wrote all the others read. The
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

with

told as (

    select
        part,
        case
            when voice_n >= 10 and (rest_post_n = 0 or rest_voice_n >= 10) then post_n
        end as post_n
    from mart_input

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
    from stg_posts
    group by source
    having count(distinct author_key) >= 10 or source = 'news'

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
    listed.sources
from ref_window
cross join counted
cross join listed
