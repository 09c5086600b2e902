"""Which calls make a site, and modules that make a program one."""

from __future__ import annotations

# Makers of a site, and the framework that they stand for.
SITES = {
    "dash.Dash": "dash",
    "dash_extensions.enrich.DashProxy": "dash",
    "flask.Flask": "flask",
    "fastapi.FastAPI": "fastapi",
    "starlette.applications.Starlette": "fastapi",
    "shiny.App": "shiny",
    "panel.serve": "panel",
    "bottle.Bottle": "bottle",
    "nicegui.ui.run": "nicegui",
    "django.core.wsgi.get_wsgi_application": "django",
    "tornado.web.Application": "tornado",
    "gradio.Blocks": "gradio",
    "gradio.Interface": "gradio",
    "aiohttp.web.Application": "aiohttp",
    "http.server.HTTPServer": "http",
    "http.server.ThreadingHTTPServer": "http",
    "datasette.app.Datasette": "datasette",
    "quart.Quart": "quart",
}
SITE_MODULES = {"streamlit": "streamlit", "shiny.express": "shiny", "solara": "solara", "taipy": "taipy", "mesop": "mesop"}
