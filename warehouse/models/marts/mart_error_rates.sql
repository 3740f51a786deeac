-- mart_error_rates: what was known of the tagger's errors when the estimates were made.
--
-- Private. Kept so that a release can name what its correction rests on.
--
-- Grain: kind, tag_id, lang, origin
-- Columns:
--   kind               'theme' (promoting it) or 'signal'
--   tag_id             a theme or signal of the taxonomy
--   lang               'en' or 'es'
--   origin             'audit' or 'model card'
--   true_positive_n    posts rightly tagged; of the audit weighted, hence broken
--   false_negative_n   posts wrongly left untagged
--   false_positive_n   posts wrongly tagged
--   true_negative_n    posts rightly left untagged
--   ordinary_tagged_n  of ordinary_n, those that were tagged
--   ordinary_n         posts that nobody labelled
--   is_own_model       whether the counts are of the tagger that made the tags

select
    kind,
    tag_id,
    lang,
    origin,
    true_positive_n,
    false_negative_n,
    false_positive_n,
    true_negative_n,
    ordinary_tagged_n,
    ordinary_n,
    is_own_model
from ref_error_rates
