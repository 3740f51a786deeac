-- mart_input: how many posts of the weeks were read, and how many voices wrote them.
--
-- Private: holds small numbers. A voice is an author in a week.
--
-- Grain: part
-- Columns:
--   part          'all' posts, or those 'placed' in a state or county, about 'health', or with
--                 'no_author' named by their source
--   post_n        posts in the part
--   voice_n       voices that wrote them
--   rest_post_n   posts outside the part
--   rest_voice_n  voices that wrote those

with

parts as (

    select
        post_id,
        author_key,
        unnest([
            {'part': 'all', 'is_in': true},
            {'part': 'placed', 'is_in': geo_value is not null},
            {'part': 'health', 'is_in': is_health},
            {'part': 'no_author', 'is_in': not has_author}
        ], recursive := true)
    from stg_posts

),

names as (

    select unnest(['all', 'placed', 'health', 'no_author']) as part

)

select
    names.part,
    count(*) filter (where parts.is_in) as post_n,
    count(distinct parts.author_key) filter (where parts.is_in) as voice_n,
    count(*) filter (where not parts.is_in) as rest_post_n,
    count(distinct parts.author_key) filter (where not parts.is_in) as rest_voice_n
from names
left join parts on names.part = parts.part
group by names.part
