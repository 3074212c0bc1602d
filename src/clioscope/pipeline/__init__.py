"""From conversations to an atlas: one file a stage, and :mod:`~clioscope.pipeline.order`, which alone knows the order.

Nothing is imported here: what asks for one file of it, such as a command that only reads, is not to load every stage.
"""
