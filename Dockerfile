# glibc, since Temporal's native part is built for it. The same commands as outside: southbound <command>.
FROM node:22.23.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
# What a checkout generates at its first start is part of the image: the Prisma client and the bundle of the workflows.
RUN node tools/setup.mjs && npx tsx tools/bundle.ts && npm prune --omit=dev --no-audit --no-fund

FROM node:22.23.2-bookworm-slim
ENV NODE_ENV=production \
    SOUTHBOUND_SETUP=done
WORKDIR /app
COPY --from=build /app /app
# Not npx, which would change the mode of the command's file: in a container it belongs to root and cannot be written.
RUN ln -s /app/cli/southbound.mjs /usr/local/bin/southbound
USER node
EXPOSE 3000 9464
CMD ["southbound", "api"]
