-- pub_outage_week: weeks in which a source gave nothing, or so much more or less than usual
-- that posts of the week are not a mix like that of other weeks.
--
-- Such weeks are not compared with. By which rule, and why each source here may be named, is
-- said in ref_outages. It holds for all places together: a source can be silent in one state
-- and not be here.
--
-- Grain: week, source
-- Columns:
--   week    MMWR week
--   source  a source of 10 voices or more, or `news`
--   reason  'outage' (nothing came) or 'changed mix'

select
    outages.week,
    outages.source,
    outages.reason
from ref_outages as outages
