-- mart_input: how many posts of the weeks were read, and how many voices wrote them.
--
-- Private: holds small numbers. A voice is an author in a week, so those of all
-- weeks add up.
--
-- Grain: part
-- Columns:
--   part          'all' posts, or those 'placed' in a state or county, about 'health',
--                 'no_author', whose source named none, or 'copied' under 10 or more names
--   post_n        posts in the part
--   voice_n       voices that wrote them
--   rest_post_n   posts outside the part
--   rest_voice_n  voices that wrote those

with

names as (

    select unnest(['all', 'placed', 'health', 'no_author', 'copied']) as part

),

summed as (

    select
        part,
        cast(sum(post_n) as bigint) as post_n,
        cast(sum(voice_n) as bigint) as voice_n,
        cast(sum(rest_post_n) as bigint) as rest_post_n,
        cast(sum(rest_voice_n) as bigint) as rest_voice_n
    from mart_input_week
    group by part

)

select
    names.part,
    coalesce(summed.post_n, 0) as post_n,
    coalesce(summed.voice_n, 0) as voice_n,
    coalesce(summed.rest_post_n, 0) as rest_post_n,
    coalesce(summed.rest_voice_n, 0) as rest_voice_n
from names
left join summed on names.part = summed.part
