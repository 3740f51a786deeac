-- mart_repeat: posts and voices behind each tag, all weeks and places together.
--
-- Private. How many posts a voice writes turns the tagger's errors, which are of posts, into
-- errors of voices (warehouse.estimates.voices). Near-copies under 10 or more names are left
-- out.
--
-- Grain: kind, tag_id
-- Columns:
--   kind      'health', 'theme' (promoting it) or 'signal'
--   tag_id    'health', or a theme or signal
--   post_n    posts about health that have it
--   author_n  voices who wrote these: authors in a week

select
    kind,
    tag_id,
    cast(sum(post_n) as bigint) as post_n,
    count(distinct author_key) as author_n
from stg_tags
where kind = 'signal' or stance = 'promotes'
group by kind, tag_id
union all
select
    'health' as kind,
    'health' as tag_id,
    count(*) as post_n,
    count(distinct author_key) as author_n
from stg_posts
where is_health and not is_copied and geo_value is not null
having count(*) > 0
