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
--   stance       'promotes', 'refutes', 'asks' or 'mentions'; means nothing but with a theme

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
    coalesce(tags.stance, 'mentions') as stance
from raw_tags as tags
inner join ref_weeks as weeks
    on
        cast(tags.posted_at at time zone 'UTC' as date)
        between weeks.week_start and weeks.week_end
qualify tags.posted_at = max(tags.posted_at) over (partition by tags.post_id)
