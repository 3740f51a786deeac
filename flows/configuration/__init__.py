"""One documented file for every setting, `grapevine.toml`, checked whole before a run."""
