-- pub_alarm_week: which counts of the release's week are unusually high for their place.
--
-- Every published count of the week is tested for which the place's health authors are known
-- in seven or more of the thirteen weeks before (the last two left out, lest an outbreak be its
-- own baseline). Weeks in which a source was out or the mix of sources changed have no say.
-- 'c2' judges by those weeks, as EARS C2 does, and borrows from the place around;
-- 'farrington' by the same weeks of three to five past years. Only published counts are
-- looked at, and hidden ones taken for what a reader knows of them: nine or fewer.
--
-- An alarm is half as high again as expected, is one of the largest set of which a tenth at
-- most is expected to be false (Benjamini and Hochberg, over all tags and the places of a
-- geo_type), and is so rare that a place has one such by chance in a year at most.
--
-- Grain: geo_value, week, kind, tag_id
-- Columns:
--   geo_type            'nation', 'state', 'region' or 'county'
--   geo_value           'US', 'WY', 'WY-rural' or a 5-digit county code
--   week                MMWR week of the release
--   kind                'theme' (promoting it) or 'signal'
--   tag_id              a theme or signal of the taxonomy
--   method              'c2' or 'farrington'
--   author_n            distinct authors, 10 or more
--   expected_per_1000   share expected, in 1,000 health authors; as seen, not corrected
--   threshold_per_1000  smallest share that would have been an alarm
--   p_value             0 to 1: probability of so many or more, were nothing going on
--   is_alarm            whether it is unusual

select
    geo_type,
    geo_value,
    week,
    kind,
    tag_id,
    method,
    author_n,
    expected_per_1000,
    threshold_per_1000,
    p_value,
    is_alarm
from est_alarm
