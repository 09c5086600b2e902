"""Figures of the site, as pure functions from tables to plotly figures.

The pages and the compile units that make the default views share this code. Each figure stands in a
module of its own that imports only `data`, `theme` and `geometry`, so that editing one figure
leaves the compiled defaults of the others alone.
"""
