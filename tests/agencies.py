"""The hosts that evidence and cards may point to: agencies, the AAP and Poison Control."""

AGENCY_HOSTS = {
    "medlineplus.gov",
    "ntp.niehs.nih.gov",
    "www.cancer.gov",
    "www.cdc.gov",
    "www.fda.gov",
    "www.healthychildren.org",  # the American Academy of Pediatrics, for parents
    "www.nccih.nih.gov",
    "www.nidcr.nih.gov",
    "www.nimh.nih.gov",
    "www.poison.org",
    "www.who.int",
}
