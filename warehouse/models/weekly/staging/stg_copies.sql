-- stg_copies: posts in nearly the same words as others of their week, and how they count.
--
-- Two posts are near-copies when their texts share a band (classifiers.copies), and a text
-- hangs together with the near-copies of its near-copies, eight ties far. What hangs together
-- and names no author counts as one voice: nobody says that it is more. News is left out:
-- papers print an agency's words under their own names.
--
-- Grain: post_key
-- Columns:
--   post_key        as in stg_posts
--   voice_key       author_key for all posts of no named author that hang together with it
--   is_coordinated  what hangs together with it stands under 10 or more names, in any places;
--                   all those without a name are one

with recursive

marked as (

    select
        hash(tags.post_id) as post_key,
        hash(tags.near) as text_key,
        if(tags.has_author, hash(tags.author_key), 0) as name_key,
        unnest(tags.near) as near_band
    from raw_tags as tags
    inner join ref_days as dates
        on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
    where tags.kind = 'health' and tags.near is not null and tags.source <> 'news'

),

alike as materialized (

    select
        marked.post_key,
        marked.text_key,
        marked.name_key,
        marked.near_band
    from marked
    inner join ref_repeated_bands as repeated on marked.near_band = repeated.near_band

),

hubs as (

    select
        near_band,
        min(text_key) as hub
    from alike
    group by near_band

),

ties as materialized (

    select
        alike.text_key as from_text,
        hubs.hub as to_text
    from alike
    inner join hubs on alike.near_band = hubs.near_band
    union
    select
        hubs.hub as from_text,
        alike.text_key as to_text
    from alike
    inner join hubs on alike.near_band = hubs.near_band

),

spread as (

    select distinct
        from_text as text_key,
        from_text as least_text,
        0 as ties_n
    from ties
    union all
    select
        ties.to_text as text_key,
        min(spread.least_text) as least_text,
        max(spread.ties_n) + 1 as ties_n
    from spread
    inner join ties on spread.text_key = ties.from_text
    where spread.ties_n < 8
    group by ties.to_text

),

linked as (

    select
        text_key,
        min(least_text) as cluster_key
    from spread
    group by text_key

),

named as materialized (

    select distinct
        alike.post_key,
        alike.name_key,
        linked.cluster_key
    from alike
    inner join linked on alike.text_key = linked.text_key

),

sized as (

    select
        cluster_key,
        count(distinct name_key) >= 10 as is_coordinated
    from named
    group by cluster_key

)

select
    named.post_key,
    named.cluster_key as voice_key,
    bool_or(sized.is_coordinated) as is_coordinated
from named
inner join sized on named.cluster_key = sized.cluster_key
group by named.post_key, named.cluster_key
