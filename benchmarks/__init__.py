"""What docs/benchmarks.md says was measured with: each module runs as ``python -m benchmarks.NAME``."""
