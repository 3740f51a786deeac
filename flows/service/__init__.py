"""What runs Grapevine by the clock on one machine: a Prefect server, a worker, the schedule."""
