-- stg_clinic_cells: what clinics heard in each place and week, for warehouse.hiding to judge.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'clinic'
--   tag_id     a theme of the taxonomy
--   stance     ''
--   week       MMWR week
--   geo_value  'WY' or a 5-digit county code
--   author_n   times heard, as staff counted them; named like the counts judged with it
--   is_fit     may be told, as far as this count alone goes

select
    'clinic' as kind,
    theme_id as tag_id,
    '' as stance,
    week,
    geo_value,
    heard_n as author_n,
    heard_n >= 10 as is_fit
from mart_clinic_week
