# The tool with what it calls most; --build-arg PACKAGES adds more (docker.io, awscli, nginx-light).
ARG BASE=debian:bookworm-slim
FROM ${BASE}
ARG PACKAGES=""
COPY pipeline.deb /tmp/pipeline.deb
RUN apt-get -qq update \
 && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \
      /tmp/pipeline.deb ca-certificates curl git openssh-client python3 ${PACKAGES} \
 && rm -rf /tmp/pipeline.deb /var/lib/apt/lists/* \
# A project is mounted, and belongs to somebody else than root.
 && git config --system --add safe.directory '*'
WORKDIR /project
ENTRYPOINT ["pipeline"]
CMD ["help"]
