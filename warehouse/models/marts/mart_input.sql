-- mart_input: how many posts of the weeks were read, and how many voices wrote them.
--
-- Private: holds small numbers. A voice is an author in a week.
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

parts as (

    select
        names.part,
        posts.post_id,
        posts.author_key,
        case names.part
            when 'placed' then posts.geo_value is not null
            when 'health' then posts.is_health
            when 'no_author' then not posts.has_author
            when 'copied' then posts.is_copied
            else true
        end as is_in
    from names
    left join stg_posts as posts on true

)

select
    part,
    count(post_id) filter (where is_in) as post_n,
    count(distinct author_key) filter (where is_in) as voice_n,
    count(post_id) filter (where not is_in) as rest_post_n,
    count(distinct author_key) filter (where not is_in) as rest_voice_n
from parts
group by part
