-- stg_tags: the tags of the weeks asked for, each post once.
--
-- A post whose time was changed at its source can lie on two days of the lake; the later one
-- counts.
--
-- Grain: post_id, kind, tag_id
-- Columns:
--   post_id      `<source>:<id>`
--   kind         'health', 'theme', 'signal', 'unsure' (a theme to review) or 'drawn'
--   tag_id       'health', or a theme or signal of the taxonomy
--   source       where the post came from
--   week         MMWR week of its time, UTC
--   author_key   keyed hash, of use within its week only
--   has_author   false: the source named none, and the key is the post's own
--   state        postal code, or NULL
--   county_fips  5-digit text, or NULL
--   score        0 to 1, probability that the tag applies
--   near         with 'health': its text's bands, hashed; NULL for short texts and the sample
--   stance       'promotes', 'refutes', 'asks' or 'mentions'; means nothing but with a theme

with

-- Only posts of two days: a window over all tags would hold all of them at once.
moved as (

    select
        tags.post_id,
        max(tags.posted_at) as last_at
    from raw_tags as tags
    inner join ref_weeks as weeks
        on
            cast(tags.posted_at at time zone 'UTC' as date)
            between weeks.week_start and weeks.week_end
    where tags.kind = 'health'
    group by tags.post_id
    having count(*) > 1

)

select
    tags.post_id,
    tags.kind,
    tags.tag_id,
    tags.source,
    weeks.week,
    tags.author_key,
    tags.has_author,
    tags.state,
    tags.county_fips,
    tags.score,
    tags.near,
    coalesce(tags.stance, 'mentions') as stance
from raw_tags as tags
inner join ref_weeks as weeks
    on
        cast(tags.posted_at at time zone 'UTC' as date)
        between weeks.week_start and weeks.week_end
left join moved on tags.post_id = moved.post_id
where moved.post_id is null or tags.posted_at = moved.last_at
