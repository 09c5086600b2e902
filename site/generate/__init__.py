"""Synthetic raw results in the shape of the real ones, which are not public.

    python -m generate --size toy|tenth|full --output data/raw [--seed N]

The same size and seed give the same bytes.
"""
