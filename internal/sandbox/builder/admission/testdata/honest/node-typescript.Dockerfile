FROM node:20 AS base
WORKDIR /app
COPY package.json package-lock.json* yarn.lock* ./

FROM base AS dev
RUN npm install
CMD ["npm", "run", "dev"]

FROM base AS build
RUN npm ci
COPY . .
RUN npm run build && npm prune --production

FROM node:20-alpine AS production
ENV NODE_ENV production
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/package.json .
LABEL org.opencontainers.image.source="https://github.com/someone/something"
STOPSIGNAL SIGTERM
CMD npm run migrate && node dist/main.js
