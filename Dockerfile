FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=unknown
RUN make build VERSION="$VERSION" && mkdir data

# Nothing but the program: no shell, no libraries, no package manager.
FROM scratch
# By these the service knows the API that checks its users' keys.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /src/interviewer /interviewer
# A new volume takes its owner from here.
COPY --from=build --chown=65532:65532 /src/data /data
WORKDIR /data
USER 65532:65532
ENV ADDR=0.0.0.0:8000 DATABASE_URL=sqlite:/data/interviewer.db
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=6s --start-period=60s CMD ["/interviewer", "healthcheck"]
ENTRYPOINT ["/interviewer"]
