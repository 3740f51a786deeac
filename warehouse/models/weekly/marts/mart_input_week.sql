-- mart_input_week: how many posts of a week were read, and how many voices wrote them.
--
-- Private: holds small numbers. A voice is an author in a week.
--
-- Grain: week, part
-- Columns:
--   week          MMWR week
--   part          'all' posts, or those 'placed' in a state or county, about 'health',
--                 'no_author', whose source named none, or 'copied' under 10 or more names
--   post_n        posts in the part
--   voice_n       voices that wrote them
--   rest_post_n   posts outside the part
--   rest_voice_n  voices that wrote those

with

voices as (

    select
        week,
        author_key,
        count(*) as all_n,
        count(geo_value) as placed_n,
        count(*) filter (where is_health) as health_n,
        count(*) filter (where not has_author) as no_author_n,
        count(*) filter (where is_copied) as copied_n
    from stg_posts
    group by week, author_key

),

parts as (

    select
        voices.week,
        voices.all_n,
        part.post_n,
        part.name as part
    from voices
    cross join lateral (
        values
        ('all', voices.all_n),
        ('placed', voices.placed_n),
        ('health', voices.health_n),
        ('no_author', voices.no_author_n),
        ('copied', voices.copied_n)
    ) as part (name, post_n)

),

summed as (

    select
        week,
        part,
        cast(sum(post_n) as bigint) as post_n,
        cast(sum(all_n - post_n) as bigint) as rest_post_n,
        count(*) filter (where post_n > 0) as voice_n,
        count(*) filter (where all_n > post_n) as rest_voice_n
    from parts
    group by week, part

)

select
    week,
    part,
    post_n,
    voice_n,
    rest_post_n,
    rest_voice_n
from summed
