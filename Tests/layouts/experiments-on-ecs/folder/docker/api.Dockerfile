FROM python:3.11
WORKDIR /app
COPY src src
CMD ["uvicorn", "src.detector.api:app"]
