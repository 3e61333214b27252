FROM node:lts-alpine
ARG UID=1000
ARG GID=1000
RUN addgroup -g ${GID} -S app; \
    adduser -u ${UID} -S app -G app
USER ${UID}:${GID}
WORKDIR ${APP_HOME:-/home/app}
COPY . .
RUN --network=default --security=sandbox npm install
