-- pub_signal_week: the share of health voices that gives each trust signal.
--
-- Seen in posts we collected, and not corrected for the tagger's errors. What is hidden, and
-- why, is decided in mart_shown_week; a hidden row is absent, like one that was never there.
--
-- Grain: geo_value, week, signal_id
-- Columns:
--   geo_type         'nation', 'state', 'region' or 'county'
--   geo_value        'US', 'WY', 'WY-rural' or a 5-digit county code
--   week             MMWR week
--   signal_id        a trust signal of the taxonomy
--   author_n         distinct authors, 10 or more
--   health_author_n  distinct authors of posts about health
--   share_per_1000   author_n in 1,000 health_author_n
--   low_per_1000     lower end of the 90 % Wilson interval of that share
--   high_per_1000    its upper end

select
    geo_type,
    geo_value,
    week,
    tag_id as signal_id,
    author_n,
    health_author_n,
    share_per_1000,
    low_per_1000,
    high_per_1000
from mart_shown_week
where kind = 'signal'
