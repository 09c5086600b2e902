from pathlib import Path

from fastapi import FastAPI

app = FastAPI()
EXPERIMENTS = Path("experiments")


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/results/{name}")
def results(name: str):
    return (EXPERIMENTS / name / "results.json").read_text()
