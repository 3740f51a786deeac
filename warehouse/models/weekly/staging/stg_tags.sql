-- stg_tags: the themes and signals of each voice in each place and week.
--
-- Of posts about health; near-copies under 10 or more names are left out.
--
-- Grain: week, geo_value, author_key, kind, tag_id, stance
-- Columns:
--   week        MMWR week
--   geo_value   a county; a state for posts placed no closer
--   author_key  as in stg_posts
--   kind        'theme' or 'signal'
--   tag_id      a theme or signal of the taxonomy
--   stance      'promotes', 'refutes', 'asks' or 'mentions'; '' for a signal
--   post_n      posts

with

known as (

    select
        'theme' as kind,
        theme_id as tag_id
    from ref_themes
    union all
    select
        'signal' as kind,
        signal_id as tag_id
    from ref_signals

),

tagged as (

    select
        kind,
        tag_id,
        posted_at,
        hash(post_id) as post_key,
        if(kind = 'theme', coalesce(stance, 'mentions'), '') as stance
    from raw_tags
    where kind in ('theme', 'signal')

)

select
    posts.week,
    posts.geo_value,
    posts.author_key,
    tagged.kind,
    tagged.tag_id,
    tagged.stance,
    count(*) as post_n
from tagged
inner join known on tagged.kind = known.kind and tagged.tag_id = known.tag_id
inner join stg_posts as posts
    on tagged.post_key = posts.post_key and tagged.posted_at = posts.posted_at
where posts.is_health and not posts.is_copied and posts.geo_value is not null
group by
    posts.week, posts.geo_value, posts.author_key, tagged.kind, tagged.tag_id, tagged.stance
