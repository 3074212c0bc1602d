"""Language models: exact requests, answers that are paid once, and whatever breaks on the way."""
