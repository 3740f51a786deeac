-- pub_estimate_week: the share of health voices that promotes a theme or gives a signal.
--
-- Seen in posts we collected, corrected for the tagger's errors, and pooled: a place with few
-- voices borrows from its region, that from its state, that from the nation. Made from nothing
-- but the published counts (and how alike places are, a rounded number): a hidden count enters
-- as what a reader knows of it. Of the release's week every place has a row; of earlier weeks
-- those whose count is published. 'US-rural' is the rural regions taken together.
--
-- Too few posts to say (has_numbers false) is told by the rule of the U.S. National Center for
-- Health Statistics for proportions: an interval wider than 300 in 1,000; or wider than 50 and
-- than 1.3 times the share; held against the 90 % interval, where the Center takes the wider
-- one of 95 %. The numbers stand there all the same, for those who pool further.
--
-- Grain: geo_value, week, kind, tag_id
-- Columns:
--   geo_type        'nation', 'rural', 'state', 'region' or 'county'
--   geo_value       'US', 'US-rural', 'WY', 'WY-rural' or a 5-digit county code
--   week            MMWR week
--   kind            'theme' (promoting it) or 'signal'
--   tag_id          a theme or signal of the taxonomy
--   share_per_1000  posterior mean, in 1,000 health authors
--   low_per_1000    lower end of the 90 % interval
--   high_per_1000   its upper end
--   rests_on        geo_type of the place that has the largest part in the estimate
--   own_evidence    0 to 1: part of the estimate that is the place's own published count
--   has_numbers     false: too few posts to say

select
    geo_type,
    geo_value,
    week,
    kind,
    tag_id,
    share_per_1000,
    low_per_1000,
    high_per_1000,
    rests_on,
    own_evidence,
    high_per_1000 - low_per_1000 <= 50
    or (
        high_per_1000 - low_per_1000 <= 300
        and high_per_1000 - low_per_1000 <= 1.3 * share_per_1000
    ) as has_numbers
from est_share_week
where kind in ('theme', 'signal')
