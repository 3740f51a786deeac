-- mart_tagged_week: tags by week, lang, made_by and score, for checks before publication.
--
-- Private: holds small numbers. Read from the tags as they lie: a post that was moved to
-- another day is here twice, which is nothing to a distribution.
--
-- Grain: week, lang, made_by, kind, tag_id, stance, score_tenth
-- Columns:
--   week         MMWR week of the post's time, UTC
--   kind         'health', 'theme' or 'signal'
--   tag_id       'health', or a theme or signal of the taxonomy
--   lang         language of the post; 'none' when not known
--   made_by      what the tag was made by; 'none' when not known
--   stance       of a theme; 'none' otherwise
--   score_tenth  0 to 9: the tenth its score falls in
--   tag_n        tags

with

binned as (

    select
        dates.week,
        tags.kind,
        tags.tag_id,
        coalesce(tags.lang, 'none') as lang,
        coalesce(tags.model, 'none') as made_by,
        if(tags.kind = 'theme', coalesce(tags.stance, 'mentions'), 'none') as stance,
        least(cast(floor(tags.score * 10) as integer), 9) as score_tenth
    from raw_tags as tags
    inner join ref_days as dates
        on epoch_us(tags.posted_at) // 86400000000 = dates.epoch_day
    where tags.kind in ('health', 'theme', 'signal')

)

select
    week,
    kind,
    tag_id,
    lang,
    made_by,
    stance,
    score_tenth,
    count(*) as tag_n
from binned
group by week, kind, tag_id, lang, made_by, stance, score_tenth
