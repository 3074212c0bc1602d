"""Conversations that nobody had, of which everything is known: to measure an analysis by what is true of them."""
