-- stg_moved: posts of the weeks that lie on two days of the lake, in whatever weeks.
--
-- A post whose time was changed at its source can; the later one counts.
--
-- Grain: post_key
-- Columns:
--   post_key  hash of the post's id
--   last_at   the later time, UTC

select
    hash(tags.post_id) as post_key,
    max(tags.posted_at) as last_at
from raw_tags as tags
inner join ref_days as dates
    on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
where tags.kind = 'health'
group by hash(tags.post_id)
having count(*) > 1
