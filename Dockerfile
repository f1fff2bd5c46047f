# Two images: `countersign` (the default target: controller and inbox) and `identity-provider` (the embedded OpenID Provider, for
# development), so that the one for production holds no identity provider.
#
# Pin the base images by digest for a release:
#   --build-arg RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot@sha256:…
ARG BUILD_IMAGE=docker.io/library/node:24-bookworm-slim
# A Node 24 as /nodejs/bin/node, a user 65532, and nothing else that is needed.
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tools/bundle.ts tools/
COPY src src
RUN node tools/bundle.ts

# Node's compile cache is good for one build of Node, its flags and one user, so the image's own fill it: here, by starting each program once.
FROM ${RUNTIME_IMAGE} AS warm
ENV NODE_COMPILE_CACHE=/app/compile-cache
WORKDIR /app

FROM warm AS warm-countersign
COPY --from=build --chown=65532:65532 /src/dist/controller.mjs /src/dist/calendar-thread.mjs /src/dist/inbox.mjs ./
USER 65532:65532
RUN ["/nodejs/bin/node", "--optimize-for-size", "controller.mjs", "--version"]
RUN ["/nodejs/bin/node", "--optimize-for-size", "inbox.mjs", "--version"]

FROM warm AS warm-identity-provider
COPY --from=build --chown=65532:65532 /src/dist/identity-provider.mjs ./
USER 65532:65532
RUN ["/nodejs/bin/node", "--optimize-for-size", "identity-provider.mjs", "--version"]

FROM ${RUNTIME_IMAGE} AS runtime
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.version=${VERSION} \
      org.opencontainers.image.revision=${REVISION} \
      org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/compile-cache
# Programs belong to root. Their cache belongs to the user that runs them, since nobody else may read it; the root file system is
# to be mounted read-only.
USER 0:0
WORKDIR /app
COPY LICENSE ./
USER 65532:65532
# V8 would rather let the heap grow than collect what a burst has left (docs/performance.md). NODE_OPTIONS does not take this flag.
ENTRYPOINT ["/nodejs/bin/node", "--optimize-for-size"]

FROM runtime AS identity-provider
LABEL org.opencontainers.image.title="countersign-identity-provider" \
      org.opencontainers.image.description="An OpenID Provider with people from a file, for development only"
COPY --from=build /src/dist/identity-provider.mjs /src/dist/identity-provider.mjs.LEGAL.txt ./
COPY --from=warm-identity-provider --chown=65532:65532 /app/compile-cache compile-cache
CMD ["identity-provider.mjs", "--help"]

FROM runtime AS countersign
LABEL org.opencontainers.image.title="countersign" \
      org.opencontainers.image.description="People's approval for what agents do on Kubernetes"
COPY --from=build /src/dist/controller.mjs /src/dist/calendar-thread.mjs /src/dist/inbox.mjs ./
COPY --from=build /src/dist/controller.mjs.LEGAL.txt /src/dist/calendar-thread.mjs.LEGAL.txt /src/dist/inbox.mjs.LEGAL.txt ./
COPY --from=warm-countersign --chown=65532:65532 /app/compile-cache compile-cache
CMD ["controller.mjs"]
