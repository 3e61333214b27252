FROM rust:1.80 as planner
WORKDIR app
RUN cargo install cargo-chef
COPY . .
RUN cargo chef prepare --recipe-path recipe.json

FROM rust:1.80 as builder
COPY --from=planner /app/recipe.json recipe.json
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=tmpfs,target=/tmp/x cargo build --release

FROM scratch
COPY --link --from=builder /app/target/release/api /usr/local/bin/api
COPY --from=alpine:3.19 /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
EXPOSE 8080/tcp
USER 65534
ENTRYPOINT ["/usr/local/bin/api"]
