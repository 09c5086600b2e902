#!/bin/sh
python build_database.py
datasette publish cloudrun build/air.db --service air
