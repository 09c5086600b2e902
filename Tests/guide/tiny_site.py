"""The files of the smallest project with a site."""

from __future__ import annotations

TINY_DEFINITION = """\
project: tiny
stages:
  compile:
    kind: compile
    units:
      shout:
        command: sh -c "tr a-z A-Z < {input} > {output}"
        inputs: raw.txt
        outputs: data/compiled/line.txt
  image: { kind: image, context: site, pass_build_arguments: { BASE: PIPELINE_BASE_IMAGE } }
  push: { kind: push, needs: image }
  sync: { kind: sync, needs: compile, data: data/compiled }
  deploy: { kind: deploy, needs: [push, sync] }
"""

TINY_PREVIEW = """\
kind: preview
data: {{ root: .pipeline/environments/preview/efs, slots: 3 }}
site:
  port: {port}
  command: python3 app.py
  health: {{ path: /health, successes: 2, steady_for: 1s, within: 20s }}
  smoke: [{{ path: /, contains: code }}]
"""

TINY_DOCKERFILE = """\
ARG BASE=python:3.11-slim-bookworm
FROM ${BASE}
COPY app.py /app/app.py
WORKDIR /app
CMD ["python3", "app.py"]
"""

TINY_APP = """\
import http.server, json, os, signal

signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
CODE = "first code"


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        line = open(os.environ["SITE_DATA"] + "/compiled/line.txt").read().strip()
        if self.path == "/health":
            answer = {"release": os.environ["PIPELINE_RELEASE"], "manifest": os.environ["PIPELINE_MANIFEST"]}
            body = json.dumps(answer | {"problems": []}).encode()
        else:
            body = f"code: {CODE}; data: {line}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
"""
