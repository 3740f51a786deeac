-- stg_told_before: what earlier releases told of the weeks and tags that are counted.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'health', 'theme', 'signal' or 'clinic'
--   tag_id     a theme (also of 'clinic') or signal of the taxonomy; '' for 'health'
--   stance     'promotes', 'refutes', 'asks' or 'mentions' of a 'theme'; '' otherwise
--   week       MMWR week
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   author_n   the number told last: authors, of 'clinic' times heard

select
    earlier.kind,
    earlier.tag_id,
    earlier.stance,
    earlier.week,
    earlier.geo_value,
    earlier.author_n
from ref_told_before as earlier
inner join ref_weeks as weeks on earlier.week = weeks.week
left join ref_themes as themes on earlier.tag_id = themes.theme_id
left join ref_signals as signals on earlier.tag_id = signals.signal_id
where
    earlier.kind = 'health'
    or earlier.kind in ('theme', 'clinic') and themes.theme_id is not null
    or earlier.kind = 'signal' and signals.signal_id is not null
