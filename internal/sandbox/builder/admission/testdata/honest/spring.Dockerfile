FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /workspace/app
COPY pom.xml .
COPY src src
RUN --mount=type=cache,id=m2,target=/root/.m2,sharing=locked mvn -q package -DskipTests

FROM eclipse-temurin:21-jre
VOLUME /tmp
ARG JAR_FILE=/workspace/app/target/*.jar
COPY --from=build ${JAR_FILE} app.jar
ARG EXTRA=target/extra.jar
ADD ${EXTRA} extra.jar
ENTRYPOINT ["java","-jar","/app.jar"]
