"""Wire the stages together and run them; the only package that knows Prefect."""
