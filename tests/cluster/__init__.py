"""Grapevine on more than one machine: four Dask workers and an S3 server, all on loopback."""
