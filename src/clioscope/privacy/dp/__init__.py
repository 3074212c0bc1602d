"""Differential privacy per user: noise instead of minimums, over clusters that do not depend on the data."""
