-- mart_repeat_week: posts and voices behind each tag in a week, all places together.
--
-- Private. How many posts a voice writes turns the tagger's errors, which are of posts, into
-- errors of voices (warehouse.estimates.voices). Near-copies under 10 or more names are left
-- out.
--
-- Grain: week, kind, tag_id
-- Columns:
--   week      MMWR week
--   kind      'health', 'theme' (promoting it) or 'signal'
--   tag_id    'health', or a theme or signal
--   post_n    posts about health that have it
--   author_n  voices who wrote these: distinct authors

select
    week,
    kind,
    tag_id,
    cast(sum(post_n) as bigint) as post_n,
    count(distinct author_key) as author_n
from stg_tags
where kind = 'signal' or stance = 'promotes'
group by week, kind, tag_id
union all
select
    week,
    'health' as kind,
    'health' as tag_id,
    count(*) as post_n,
    count(distinct author_key) as author_n
from stg_posts
where is_health and not is_copied and geo_value is not null
group by week
