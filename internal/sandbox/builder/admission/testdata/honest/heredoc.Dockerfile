# syntax=docker/dockerfile:1.4
FROM debian:bookworm-slim
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN <<EOT
  set -e
  apt-get update
  apt-get install -y curl
EOT
COPY <<-"CONF" /etc/app.conf
	listen = 8080
	CONF
RUN python3 <<PY > /tmp/out
print("ADD http://example.com /")
PY
CMD ["/app"]
