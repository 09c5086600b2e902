FROM pytorch/pytorch
WORKDIR /app
COPY src src
CMD ["python", "-m", "src.detector.train"]
