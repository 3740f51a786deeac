-- stg_copies: texts that came in nearly the same words in a week, and how they count.
--
-- Two posts are near-copies when their texts share a band (classifiers.copies), and a text
-- hangs together with the near-copies of its near-copies, eight ties far. What hangs together
-- and names no author counts as one voice: nobody says that it is more. News is left out:
-- papers print an agency's words under their own names.
--
-- Grain: week, near
-- Columns:
--   week            MMWR week
--   near            bands of the text, as hashed with the week's key
--   voice_key       author_key for all posts of no named author that hang together with it
--   is_coordinated  what hangs together with it stands under 10 or more names, in any places;
--                   all those without a name are one

with recursive

named as (

    select distinct
        week,
        near,
        if(has_author, author_key, 'none') as voice
    from stg_tags
    where kind = 'health' and near is not null and source <> 'news'

),

texts as (

    select distinct
        week,
        near,
        list_min(near) as node
    from named

),

banded as (

    select
        week,
        node,
        unnest(near) as band
    from texts

),

hubs as (

    select
        week,
        band,
        min(node) as hub
    from banded
    group by week, band
    having min(node) < max(node)

),

ties as (

    select
        banded.week,
        banded.node as from_node,
        hubs.hub as to_node
    from banded
    inner join hubs on banded.week = hubs.week and banded.band = hubs.band
    union
    select
        banded.week,
        hubs.hub as from_node,
        banded.node as to_node
    from banded
    inner join hubs on banded.week = hubs.week and banded.band = hubs.band

),

spread as (

    select distinct
        week,
        from_node as node,
        from_node as least_node,
        0 as ties_n
    from ties
    union all
    select
        ties.week,
        ties.to_node as node,
        min(spread.least_node) as least_node,
        max(spread.ties_n) + 1 as ties_n
    from spread
    inner join ties on spread.week = ties.week and spread.node = ties.from_node
    where spread.ties_n < 8
    group by ties.week, ties.to_node

),

linked as (

    select
        week,
        node,
        min(least_node) as least_node
    from spread
    group by week, node

),

clustered as (

    select
        texts.week,
        texts.near,
        coalesce(linked.least_node, texts.node) as cluster_node
    from texts
    left join linked on texts.week = linked.week and texts.node = linked.node

),

sized as (

    select
        clustered.week,
        clustered.cluster_node,
        count(distinct named.voice) as name_n,
        bool_or(named.voice = 'none') as has_nameless
    from clustered
    inner join named on clustered.week = named.week and clustered.near = named.near
    group by clustered.week, clustered.cluster_node

)

select
    clustered.week,
    clustered.near,
    'near ' || clustered.cluster_node as voice_key,
    sized.name_n >= 10 as is_coordinated
from clustered
inner join sized on clustered.week = sized.week and clustered.cluster_node = sized.cluster_node
where sized.name_n >= 10 or sized.has_nameless
