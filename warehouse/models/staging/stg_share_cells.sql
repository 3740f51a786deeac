-- stg_share_cells: the authors of each theme's stances and each signal, for warehouse.hiding.
--
-- Fit to be told is a count of 10 or more where the place's health authors are told and 10 of
-- them stand outside it. Of a theme's stances the largest come first, and each must leave 10
-- outside all before it, so that two stances do not give away a third, nor "all but three"
-- those three.
--
-- Grain: kind, tag_id, stance, week, geo_value
-- Columns:
--   kind       'theme' or 'signal'
--   tag_id     a theme or signal of the taxonomy
--   stance     'promotes', 'refutes', 'asks' or 'mentions'; '' for a signal
--   week       MMWR week
--   geo_value  'US', 'WY', 'WY-rural' or a 5-digit county code
--   author_n   distinct authors
--   is_fit     may be told, as far as this place alone goes

select
    tags.kind,
    tags.tag_id,
    tags.stance,
    tags.week,
    tags.geo_value,
    tags.author_n,
    tags.author_n >= 10
    and coalesce(volume.author_n, 0) - sum(tags.author_n) over (
        partition by tags.geo_value, tags.week, tags.kind, tags.tag_id
        order by tags.author_n desc, tags.stance asc
        rows between unbounded preceding and current row
    ) >= 10 as is_fit
from mart_tag_week as tags
left join est_told_volume as volume
    on tags.geo_value = volume.geo_value and tags.week = volume.week
