# A static binary on an empty image: nothing but the binary, zone data and an
# empty data folder, and a user who is not root.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=1 go build -trimpath -tags 'netgo osusergo sqlite_omit_load_extension' \
    -ldflags "-s -w -X main.version=${VERSION} -linkmode external -extldflags '-static'" \
    -o /out/buzon ./cmd/buzon \
 && mkdir -m 0700 /out/datos

FROM scratch
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /out/buzon /buzon
COPY --from=build --chown=65532:65532 /out/datos /datos
USER 65532:65532
# SQLite puts its temporary files into the working folder where there is no /tmp.
WORKDIR /datos
ENV TMPDIR=/datos
VOLUME /datos
EXPOSE 2022
ENTRYPOINT ["/buzon"]
CMD ["serve", "--config", "/datos/buzon.yaml"]
