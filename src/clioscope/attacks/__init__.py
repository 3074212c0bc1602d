"""Attacks on a run and its atlas: each is tried with the protection off, where it has to succeed, and then on."""
