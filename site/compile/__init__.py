"""Compile units: from the raw results to the tables and pickled figures that the site reads.

Each unit stands in a module of its own, so that an edit concerns that unit's outputs only. Equal
inputs give equal bytes: rows have a fixed order, and files hold no times.
"""
