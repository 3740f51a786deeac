-- pub_county: the facts about each county that stand beside its numbers.
--
-- Facts of US agencies; source and vintage of each column in warehouse/reference/README.md.
--
-- Grain: fips
-- Columns:
--   fips                      5-digit text, leading zeros kept
--   name                      with its kind, 'Natrona County'
--   state                     postal code
--   state_name                'Wyoming'
--   region                    'WY-rural' or 'WY-urban': geo_value of the region it is in
--   pop                       residents, estimate of pop_year
--   pop_year                  calendar year
--   land_km2                  land area, square kilometres
--   lat                       degrees north of a point inside it
--   lon                       degrees east, negative in the west
--   rucc_2023                 USDA rural-urban continuum code, 1 (large metro) to 9 (remote)
--   is_rural                  rucc_2023 of 4 or more
--   pop_per_pcp_2021          residents to one primary care physician; NULL: no figure
--   has_pcp_2021              false: none practises there; NULL: not known
--   pcp_quality_2021          1 firm, 2 fair, 3 rests on one physician (do not print it)
--   hpsa_primary_care_2023    'none', 'part' or 'whole': how much is a shortage area
--   digital_access_pct_2023   0 to 100, households with a computer and fixed broadband
--   no_internet_pct_2019      0 to 100, households with no internet
--   uninsured_pct_2018        0 to 100, residents without health insurance
--   age_65_plus_pct_2018      0 to 100, residents of 65 years and over
--   hispanic_pct_2018         0 to 100, Hispanic residents
--   limited_english_pct_2018  0 to 100, residents of 5 and over who speak little English

select
    fips,
    name,
    state,
    state_name,
    region,
    pop,
    pop_year,
    land_km2,
    lat,
    lon,
    rucc_2023,
    is_rural,
    pop_per_pcp_2021,
    has_pcp_2021,
    pcp_quality_2021,
    hpsa_primary_care_2023,
    digital_access_pct_2023,
    no_internet_pct_2019,
    uninsured_pct_2018,
    age_65_plus_pct_2018,
    hispanic_pct_2018,
    limited_english_pct_2018
from ref_counties
