# The server as an image: docker build -t deepface .
# Runs as a user of its own; the root may be read-only. Weights, faces and keys are in the volume /data.
FROM swift:6.3-bookworm AS build
RUN apt-get update && apt-get install --yes --no-install-recommends make python3-pip sudo
WORKDIR /build
COPY . .
RUN make build && mkdir -p /out/bin /out/lib && cp .build/release/deepface /out/bin/ \
    && find /usr/local/lib -maxdepth 1 -name 'libopenvino*.so*' -exec cp -a {} /out/lib/ \;

FROM swift:6.3-bookworm-slim
RUN apt-get update && apt-get install --yes --no-install-recommends \
        ca-certificates libblas3 libcurl4 libdlib19.1 libgomp1 libhdf5-103-1 libhiredis0.14 libjpeg62-turbo liblapack3 \
        libopencv-objdetect406 libopencv-videoio406 libpng16-16 libpq5 libsqlite3-0 libtbb12 libwebp7 libxgboost0 opencv-data python3 python3-pip \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/ /usr/local/
RUN ldconfig && useradd --system --home-dir /data --create-home deepface
USER deepface
ENV DEEPFACE_HOME=/data DEEPFACE_SERVE_HOST=0.0.0.0
VOLUME /data
EXPOSE 5005
HEALTHCHECK CMD ["python3", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:5005/health', timeout=3)"]
ENTRYPOINT ["deepface"]
CMD ["serve"]
