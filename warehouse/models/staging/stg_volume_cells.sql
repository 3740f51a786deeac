-- stg_volume_cells: the health authors of each place and week, for warehouse.hiding to judge.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'health'
--   tag_id     ''
--   stance     ''
--   week       MMWR week
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   author_n   distinct authors of posts about health
--   is_fit     may be told, as far as this count alone goes

select
    'health' as kind,
    '' as tag_id,
    '' as stance,
    week,
    geo_value,
    health_author_n as author_n,
    health_author_n >= 10 as is_fit
from mart_volume_week
